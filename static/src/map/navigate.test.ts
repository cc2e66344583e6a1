import { describe, expect, test } from 'vitest';
import { navigationUrl } from './navigate';

const hospital = { lon: 139.6687, lat: 35.6438, name: 'さくら総合病院', address: '東京都世田谷区太子堂2-15-1', is_approximate: false };
const destinationOf = (url: string | null) => new URL(url ?? '').searchParams.get('destination');

describe('navigation', () => {
  test('goes to the point, latitude first as these addresses want it', () => {
    expect(navigationUrl('google', hospital)).toBe('https://www.google.com/maps/dir/?api=1&destination=35.643800%2C139.668700&travelmode=driving');
    expect(navigationUrl('apple', hospital)).toBe('https://maps.apple.com/?daddr=35.643800%2C139.668700&dirflg=d');
    expect(navigationUrl('geo', hospital)).toBe(`geo:35.643800,139.668700?q=35.643800,139.668700(${encodeURIComponent('さくら総合病院')})`);
  });

  test('goes to the address where the point is approximate or missing', () => {
    expect(destinationOf(navigationUrl('google', { ...hospital, is_approximate: true }))).toBe(hospital.address);
    expect(destinationOf(navigationUrl('google', { ...hospital, lon: null, lat: null }))).toBe(hospital.address);
    expect(navigationUrl('geo', { ...hospital, is_approximate: true })).toBe(`geo:35.643800,139.668700?q=${encodeURIComponent(hospital.address)}`);
    expect(navigationUrl('geo', { ...hospital, lon: null, lat: null })).toBe(`geo:0,0?q=${encodeURIComponent(hospital.address)}`);
  });

  test('an approximate point is better than nothing, nothing is no link', () => {
    expect(destinationOf(navigationUrl('google', { ...hospital, is_approximate: true, address: null }))).toBe('35.643800,139.668700');
    expect(navigationUrl('apple', { ...hospital, lon: null, lat: null, address: null })).toBeNull();
  });
});
