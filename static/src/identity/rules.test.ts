import { expect, test } from 'vitest';
import { findPeople, toggled } from './rules';

const PEOPLE = [
  { name: '佐藤 花子', email: 'sato@mirai.example' },
  { name: 'ｽｽﾞｷ 一郎', email: 'Suzuki.Ichiro@mirai.example' },
  { name: '伊藤 葵', email: 'ito@naniwa.example' },
];
const found = (typed: string) => findPeople(PEOPLE, typed).map((person) => person.email.split('@')[0]);

test('people are found by any part of name or e-mail, width and case aside', () => {
  expect(found('')).toEqual(['sato', 'Suzuki.Ichiro', 'ito']);
  expect(found('すずき')).toEqual(['Suzuki.Ichiro']);
  expect(found('ＳＵＺＵＫＩ')).toEqual(['Suzuki.Ichiro']);
  expect(found('佐藤　花子')).toEqual(['sato']);
  expect(found('naniwa')).toEqual(['ito']);
});

test('every word must be found', () => {
  expect(found('mirai 花子')).toEqual(['sato']);
  expect(found('naniwa 花子')).toEqual([]);
});

test('what is chosen is taken out when chosen again', () => {
  expect(toggled(['a', 'b'], 'b')).toEqual(['a']);
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
});
