/** The map's own colours per theme: a basemap calm enough that pins and donuts are the only loud things on it. */
import type { Theme } from '../core/theme';

export interface MapPalette {
  sea: string;
  shallows: string;
  coast: string;
  /** Neighbouring areas take different tones, near enough to read as one land. */
  land: readonly [string, string, string, string];
  prefecture: string;
  municipality: string;
  labelPrefecture: string;
  labelMunicipality: string;
  labelTown: string;
  halo: string;
  grain: string;
  road: string;
  roadCasing: string;
  green: string;
  building: string;
  /** Pins and donuts. */
  disc: string;
  track: string;
  ink: string;
  inkOnLight: string;
  alert: string;
  shadow: string;
  position: string;
  accent: string;
}

const light: MapPalette = {
  sea: '#c8dbe5',
  shallows: '#d9e7ed',
  coast: '#a9c2cf',
  land: ['#f0f2ec', '#ecefe7', '#f3f4ef', '#e9ede4'],
  prefecture: '#a3ad9f',
  municipality: '#cbd2c6',
  labelPrefecture: '#5d6a62',
  labelMunicipality: '#46534c',
  labelTown: '#69766f',
  halo: '#f7f8f4',
  grain: '#d9dfd4',
  road: '#ffffff',
  roadCasing: '#dbe0d6',
  green: '#d8e6ca',
  building: '#e1e5db',
  disc: '#ffffff',
  track: '#e3e7e1',
  ink: '#16201c',
  inkOnLight: '#1b1300',
  alert: '#b3261e',
  shadow: 'rgb(16 32 28 / .32)',
  position: '#1f6feb',
  accent: '#0b6b57',
};

const dark: MapPalette = {
  sea: '#0b1519',
  shallows: '#0f1c21',
  coast: '#2a3d44',
  land: ['#1b2421', '#1d2724', '#192220', '#1f2926'],
  prefecture: '#51615a',
  municipality: '#33403b',
  labelPrefecture: '#a3b1aa',
  labelMunicipality: '#bac6c0',
  labelTown: '#94a29b',
  halo: '#141c19',
  grain: '#2a3531',
  road: '#2d3834',
  roadCasing: '#151d1a',
  green: '#1f2e24',
  building: '#232d29',
  disc: '#222b27',
  track: '#3b4741',
  ink: '#eef3f0',
  inkOnLight: '#14100a',
  alert: '#ff6f61',
  shadow: 'rgb(0 0 0 / .55)',
  position: '#5b9bff',
  accent: '#5fd0b2',
};

export const palettes: Readonly<Record<Theme, MapPalette>> = { light, dark };
