import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import enFirst from './en.json';
import enMore from './en.more.json';
import { moreWords, t, tn, useLocale } from './i18n.svelte';
import jaFirst from './ja.json';
import jaMore from './ja.more.json';

const source = new URL('../../', import.meta.url);
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, source), 'utf8'))
  .join('\n');
const english: Record<string, string> = { ...enFirst, ...enMore };
const japanese: Record<string, string> = { ...jaFirst, ...jaMore };
/** Said only by screens that are opened later, so not loaded with the first. */
const LATER = /^(start|plan|appointments|audit|trouble|coverage|attach|channel|account\.(?!missing_title$|not_visited_tag$|rank_of$|win_short$|overdue_by)|map|lists|sort|precision|error|weekday|kind|several|conflict|merge|news\.(?!mark$)|device|people|invite|security|token|storage|import|settings|shape|help|about|history|keep|op|outbox|source|flag|contacts|export|filter|role|team|more|visit\.(?!log$|next_action$))/;
const placesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe('the words', () => {
  test('are there in both languages; English may add a singular', () => {
    expect(Object.keys(japanese).filter((key) => !(key in english))).toEqual([]);
    expect(Object.keys(english).filter((key) => !(key in japanese) && !(key.endsWith('_one') && key.slice(0, -4) in japanese))).toEqual([]);
  });

  test('are in the file that is loaded when they are said', () => {
    expect(Object.keys(jaFirst).filter((key) => LATER.test(key))).toEqual([]);
    expect(Object.keys(jaMore).filter((key) => !LATER.test(key))).toEqual([]);
    expect(Object.keys(enMore).filter((key) => !LATER.test(key))).toEqual([]);
  });

  test('are never empty and have the same places to fill in', () => {
    for (const [key, words] of Object.entries(japanese)) {
      expect(words, key).not.toBe('');
      expect(placesOf(english[key] ?? ''), key).toEqual(placesOf(words));
    }
  });

  test('are all used', () => {
    const unused = Object.keys(japanese).filter((key) => !code.includes(`'${key}'`) && !code.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  test('every key that the code names exists', () => {
    const named = [...code.matchAll(/\bt[n]?\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(200);
    expect(named.filter((key) => !(key in japanese))).toEqual([]);
  });
});

test('a count takes the singular in English and none in Japanese', async () => {
  await useLocale('en');
  expect([tn('time.days_ago', 1), tn('time.days_ago', 3)]).toEqual(['1 day ago', '3 days ago']);
  expect(t('common.as_of', { time: '09:12' })).toBe('as of 09:12');
  await useLocale('ja');
  expect(tn('time.days_ago', 1)).toBe('1日前');
  expect(tn('today.stops_count', 20_000)).toBe('訪問予定 20,000件');
  expect(t('map.locate')).toBe('');
  await moreWords();
  expect(t('map.locate')).not.toBe('');
  await useLocale('en');
  expect(t('help.title')).toBe('Help');
});
