import { describe, expect, test } from 'vitest';
import { object, text } from '../core/parse';
import { readCases } from '../testing/cases';
import { account } from '../testing/world';
import { guarded, headings, toCsv, type CsvWords } from './csv';

const words: CsvWords = {
  language: 'ja',
  timezone: 'Asia/Tokyo',
  custom_fields: [{ key: 'renewal', label_ja: '契約更新', label_en: '' }],
  statusName: (no) => (no === 3 ? '商談中' : String(no)),
  userName: (id) => (id === 'u1' ? '佐藤 美咲' : ''),
  kindName: (kind) => (kind === 'company' ? '法人' : kind),
};

describe('the file', () => {
  const columns = readCases('export_columns', object({ field: text, ja: text, en: text }));

  test('has the columns of the server’s export, and the organisation’s own after them', () => {
    expect(headings(words)).toEqual([...columns.map(({ ja }) => ja), '契約更新']);
    expect(headings({ ...words, language: 'en' })).toEqual([...columns.map(({ en }) => en), 'renewal']);
  });

  test('tells an account as people read it', () => {
    const hospital = account({
      id: 'h', name: 'さくら総合病院', status: 3, win_prob: 65, rank: 'A', owner_id: 'u1', tags: ['重点', '展示会'], lon: 139.6703, lat: 35.6437,
      phones: [{ number: '+81312345678', label: '代表' }, { number: '+81312345679', label: 'FAX' }, { number: '+819012345678', label: '' }],
      last_visit_at: '2026-11-21T20:30:00Z', custom: { renewal: '2027-03-31' },
    });
    const [heading = '', line = '', rest] = toCsv([hospital], words).slice(1).split('\r\n');
    const row = Object.fromEntries(heading.split(',').map((name, at) => [name, line.match(/("[^"]*"|[^,]*)(,|$)/g)?.[at]?.replace(/,$/, '')]));
    expect(row).toMatchObject({
      'FieldCRM ID': 'h', 名称: 'さくら総合病院', 種別: '法人', ステータス: '商談中', 受注確度: '65', ランク: 'A', 担当者: '佐藤 美咲', タグ: '"重点, 展示会"',
      緯度: '35.6437', 経度: '139.6703', 電話番号: '03-1234-5678', 電話番号2: '090-1234-5678', FAX: '03-1234-5679', 最終訪問日: '2026-11-22 05:30', 契約更新: '2027-03-31',
    });
    expect(rest).toBe('');
  });

  test('begins with the mark by which Excel knows UTF-8', () => {
    expect(toCsv([], words).charCodeAt(0)).toBe(0xfeff);
  });

  test('keeps commas, quotes and lines in their cell', () => {
    expect(toCsv([account({ name: '東,西"南"\n北' })], words)).toContain(',"東,西""南""\n北",');
  });

  test('never runs as a formula, neither from a field nor from one of the organisation’s own', () => {
    const file = toCsv([account({ name: '=HYPERLINK("http://x")', tags: ['@a'], custom: { renewal: '-1+1' } })], words);
    expect(file).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(file).toContain(",'@a,");
    expect(file).toContain(",'-1+1\r\n");
  });
});

describe('a cell is guarded as on the server', () => {
  for (const item of readCases('guarded', object({ text, guarded: text }))) test(JSON.stringify(item.text), () => expect(guarded(item.text)).toBe(item.guarded));
});
