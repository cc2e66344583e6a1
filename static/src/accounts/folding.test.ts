import { describe, expect, test } from 'vitest';
import { object, text } from '../core/parse';
import { readCases } from '../testing/cases';
import { bare, fold, holding, searchWords, sortKey, wide } from './folding';

describe('folding', () => {
  test.each(readCases('fold', object({ text, folded: text })))('folds $text as the server does', ({ text: given, folded }) => {
    expect(fold(given)).toBe(folded);
  });

  test('leaves the legal form out of a name, unless nothing else is left', () => {
    expect(bare(fold('（株）山田商店'))).toBe('山田商店');
    expect(bare(fold('株式会社'))).toBe('株式会社');
  });

  test('orders by the reading where there is one', () => {
    expect(sortKey('株式会社 青葉', 'アオバ')).toBe('あおば');
    expect(sortKey('株式会社 青葉', null)).toBe('青葉');
  });

  test('parts a query at spaces of any width and drops what folds to nothing', () => {
    expect(searchWords('ヤマダ　株式会社デンキ - ')).toEqual(['やまだ', 'でんき']);
    expect(searchWords('+81 3-1234')).toEqual(['031234']);
  });

  test('a lone character must begin a field', () => {
    const fields = `\n青葉病院\nあおば\n港1丁目\n${wide('0312')}`;
    expect(holding('青')(fields)).toBe(true);
    expect(holding('葉')(fields)).toBe(false);
    expect(holding('葉病')(fields)).toBe(true);
    expect(holding('03')(fields)).toBe(true);
    expect(holding('12')(fields)).toBe(false);
    expect(holding('312')(fields)).toBe(true);
  });
});

test('what is folded character by character is what the whole text folds to', () => {
  // An emoji folds to nothing, and has the whole text folded at once.
  const whole = (text: string) => fold(`${text}\u{1f600}`);
  const ranges = [[0x20, 0x7e], [0x3000, 0x30ff], [0x4e00, 0x9fff], [0xff01, 0xffee]] as const;
  const every = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index)));
  for (const [index, one] of every.entries()) {
    const text = `${every[(index * 7919) % every.length] ?? ''}${one}ハﾞ${one}か\u3099${one}Σ`;
    expect([fold(one), fold(one + one), fold(text)]).toEqual([whole(one), whole(one + one), whole(text)]);
  }
});
