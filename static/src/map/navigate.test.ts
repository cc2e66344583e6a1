import { describe, expect, test } from 'vitest';
import { navigationApps, navigationUrl } from './navigate';

const hospital = { lon: 139.6687, lat: 35.6438, name: 'さくら総合病院', address: '東京都世田谷区太子堂2-15-1' };

describe('navigation', () => {
  test('goes to the point, latitude first as these addresses want it', () => {
    expect(navigationUrl('google', hospital)).toBe('https://www.google.com/maps/dir/?api=1&destination=35.643800%2C139.668700&travelmode=driving');
    expect(navigationUrl('apple', hospital)).toBe('https://maps.apple.com/?daddr=35.643800%2C139.668700&dirflg=d');
    expect(navigationUrl('geo', hospital)).toBe(`geo:35.643800,139.668700?q=35.643800,139.668700(${encodeURIComponent('さくら総合病院')})`);
  });

  test('goes to the address where the point is only approximate', () => {
    const approximate = { ...hospital, is_approximate: true };
    expect(new URL(navigationUrl('google', approximate)).searchParams.get('destination')).toBe('東京都世田谷区太子堂2-15-1');
    expect(navigationUrl('geo', approximate)).toContain(encodeURIComponent('太子堂2-15-1'));
    expect(new URL(navigationUrl('google', { ...approximate, address: null })).searchParams.get('destination')).toBe('35.643800,139.668700');
  });

  test('offers what the device has, likeliest first', () => {
    expect(navigationApps({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', maxTouchPoints: 5 })).toEqual(['apple', 'google']);
    expect(navigationApps({ userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', maxTouchPoints: 5 })).toEqual(['apple', 'google']);
    expect(navigationApps({ userAgent: 'Mozilla/5.0 (Linux; Android 15; Pixel 8)', maxTouchPoints: 5 })).toEqual(['google', 'geo']);
    expect(navigationApps({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', maxTouchPoints: 0 })).toEqual(['google']);
  });
});
