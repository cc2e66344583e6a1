import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, test } from 'vitest';
import { ourLayers, ourSources } from './layers';
import { layersFor, rasterOverlay } from './overlays';
import { buildStyle } from './style';

const THEMES = ['light', 'dark'] as const;
const LOCALES = ['ja', 'en'] as const;
const origin = 'https://crm.example.jp';
const complaints = (style: ReturnType<typeof buildStyle>) => validateStyleMin(style).map((error) => error.message);

describe('the style', () => {
  test.each(THEMES.flatMap((theme) => LOCALES.map((locale) => ({ theme, locale }))))('is valid in $theme, $locale, our layers included', ({ theme, locale }) => {
    const style = buildStyle({ theme, locale, origin });
    style.layers = style.layers.concat(ourLayers(theme));
    Object.assign(style.sources, ourSources());
    expect(complaints(style)).toEqual([]);
  });

  test('asks nobody but our own server', () => {
    const text = JSON.stringify(buildStyle({ theme: 'light', locale: 'ja', origin }));
    expect([...text.matchAll(/https?:\/\/[^/"]+/g)].map((match) => match[0])).toEqual([origin]);
    expect(text).not.toContain('glyphs');
  });

  test('keeps the embedded land under a raster basemap, which goes above it without its names', () => {
    for (const theme of THEMES) {
      const style = buildStyle({ theme, locale: 'ja', origin, overlay: rasterOverlay({ url: 'https://tiles.example.jp/{z}/{x}/{y}.png', theme }) });
      expect(complaints(style)).toEqual([]);
      const ids = style.layers.map((layer) => layer.id);
      expect(ids.at(-1)).toBe('raster');
      expect(ids).toContain('land');
      expect(ids).not.toContain('municipality-name');
    }
  });

  test('draws a file with layers it has never heard of', () => {
    for (const locale of LOCALES) {
      const overlay = { sources: { overlay: { type: 'vector' as const, tiles: ['https://crm.example.jp/{z}/{x}/{y}'] } }, layers: layersFor(['water', 'transportation', 'place', 'buildings', 'montevideo'], { theme: 'dark', locale }) };
      const style = buildStyle({ theme: 'dark', locale, origin, overlay });
      expect(complaints(style)).toEqual([]);
      expect(style.layers.filter((layer) => layer.id.startsWith('own-')).length).toBeGreaterThanOrEqual(5);
    }
  });
});
