import { createExpression, validateStyleMin, v8 } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, test } from 'vitest';
import { donutKey, parseDonutKey } from './donuts';
import { pinKey } from './pins';
import { makeScale, type ScaleContext } from './scales';
import { buildStyle } from './style';
import { TILE_LAYER, tileLayers, TILES, tileSource, tileUrl } from './tilelayers';

const context: ScaleContext = {
  theme: 'dark',
  statuses: [
    { no: 1, name: '見込み', letter: '見', colour: '#6b7785', colour_dark: '#9aa6b4', shape: 'circle' },
    { no: 3, name: '商談中', letter: '商', colour: '#e69f00', colour_dark: '#f0b429', shape: 'square' },
  ],
  ranks: [],
  owners: [],
  now: 0,
  words: { never: '', neverLetter: '', others: '', nobody: '', noRank: '', upToDays: String, overDays: String, percent: () => '' },
};
const status = makeScale('status', context);
const win = makeScale('win', context);

type Scale = typeof status;
/** What an image expression says for a feature of a tile. */
function imageOf(scale: Scale, layer: string, properties: Record<string, string | number>): unknown {
  const found = tileLayers(scale, 'dark').find(({ id }) => id === layer);
  const layout = found?.type === 'symbol' ? found.layout : undefined;
  const made = createExpression(layout?.['icon-image'], 'test', v8.layout_symbol['icon-image'] as never);
  if (made.result === 'error') throw new Error(made.value.map((error) => error.message).join());
  return String(made.value.evaluate({ zoom: 10 }, { type: 1, properties, geometry: [] } as never));
}

describe('accounts from tiles', () => {
  test('make a valid style', () => {
    for (const scale of [status, win]) {
      const style = buildStyle({ theme: 'dark', locale: 'ja', origin: 'https://crm.example.jp' });
      style.sources[TILES] = tileSource(tileUrl('https://crm.example.jp', new URLSearchParams()));
      style.layers = style.layers.concat(tileLayers(scale, 'dark'));
      expect(validateStyleMin(style).map((error) => error.message)).toEqual([]);
    }
  });

  test('name the very picture the phone draws for the same account', () => {
    const pin = { colour: '#f0b429', shape: 'square', letter: '商', win: 63, overdue: true, approximate: true, selected: false, theme: 'dark' } as const;
    expect(imageOf(status, TILE_LAYER.pins, { status: 3, win_prob: 63, overdue: 1, approx: 1 })).toBe(pinKey(pin));
    const band = win.bands[3];
    expect(imageOf(win, TILE_LAYER.pins, { status: 3, win_prob: 63 })).toBe(pinKey({ ...pin, overdue: false, approximate: false, colour: band?.colour ?? '', shape: 'circle', letter: '60' }));
  });

  test('name a donut that can be drawn, whole or with what is missing; its number is the map’s own text', () => {
    const key = imageOf(status, TILE_LAYER.clusters, { n: 12, s1: 6, s3: 6 });
    expect(parseDonutKey(String(key))).toEqual({ ...parseDonutKey(donutKey({ shares: [{ colour: '#9aa6b4', n: 6 }, { colour: '#f0b429', n: 6 }], n: 12, theme: 'dark' })), label: '' });
    expect(parseDonutKey(String(imageOf(win, TILE_LAYER.clusters, { n: 1200, win_avg: 45 })))).toEqual({ theme: 'dark', size: 'xl', parts: [{ colour: win.bands[2]?.colour, parts: 24 }], label: '' });
  });

  test('carry the filter in their address, the search text aside', () => {
    expect(tileUrl('', new URLSearchParams())).toBe('/api/tiles/accounts/{z}/{x}/{y}.mvt');
    const filter = new URLSearchParams([['status', '1'], ['status', '3'], ['owner', 'me'], ['q', 'さくら']]);
    expect(tileUrl('https://a.jp', filter)).toBe('https://a.jp/api/tiles/accounts/{z}/{x}/{y}.mvt?status=1&status=3&owner=me');
  });
});

