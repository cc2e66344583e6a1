import { expect, test } from 'vitest';
import { historyLines } from './history';

const words = {
  statusName: (no: number) => `status ${no}`,
  outcomeName: (no: number) => `outcome ${no}`,
  hours: () => 'hours',
  day: (day: string) => day,
  moment: (at: string) => at,
  times: () => '',
  userName: (id: string | null) => (id === 'u1' ? '佐藤' : ''),
  sourceText: (source: string) => `by ${source}`,
  fieldLabel: (key: string) => (key === 'beds' ? '病床数' : key),
  yes: () => 'yes',
  no: () => 'no',
};
const told = (changes: Record<string, unknown>, action = 'update') =>
  historyLines({ action, changes }, words).map((line) => `${line.label ?? line.name}: ${line.before} > ${line.after}`);

test('changes are told in people’s words, what the server keeps for itself is not', () => {
  expect(told({ status: [2, 3], win_prob: [null, 65], owner_id: ['u1', null], tags: [[], ['重点']], version: [1, 2], geo_matched: ['a', 'b'], precision: [4, 6], geo_source: ['gazetteer', 'here'] })).toEqual([
    'account.status: status 2 > status 3',
    'account.win_prob: – > 65%',
    'account.owner: 佐藤 > –',
    'account.tags: – > 重点',
    'account.position: by gazetteer > by here',
  ]);
});

test('of the organisation’s own fields only those that differ are told', () => {
  expect(told({ custom: [{ beds: 120, kind: '一般' }, { beds: 130, kind: '一般' }] })).toEqual(['病床数: 120 > 130']);
});

test('making an account is told without its forty fields', () => {
  expect(told({ name: [null, 'さくら'] }, 'create')).toEqual([]);
});
