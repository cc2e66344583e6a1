/** Colour-by: how each way of colouring divides the accounts into a few bands, and how each band is drawn. */
import type { Theme } from '../core/theme';
import type { Look, Shape } from './pins';

export const COLOUR_BY = ['status', 'win', 'days', 'rank', 'owner', 'rank_days'] as const;
export type ColourBy = (typeof COLOUR_BY)[number];

/** What a scale needs to know of an account. */
export interface Scaled {
  status: number;
  win_prob: number | null;
  rank: string | null;
  owner_id: string | null;
  last_visit_at: string | null;
}

export interface StatusLook {
  no: number;
  name: string;
  letter: string;
  colour: string;
  colour_dark: string;
  shape: Shape;
}

export interface ScaleContext {
  theme: Theme;
  statuses: readonly StatusLook[];
  ranks: readonly string[];
  /** Owners worth a colour of their own, in the order of their weight; the rest share one. */
  owners: readonly { id: string; name: string }[];
  now: number;
  words: ScaleWords;
}

/** The few words a legend needs, in the user's language. */
export interface ScaleWords {
  never: string;
  neverLetter: string;
  others: string;
  nobody: string;
  noRank: string;
  upToDays: (days: number) => string;
  overDays: (days: number) => string;
  percent: (from: number, to: number) => string;
}

export interface Band extends Look {
  /** Stable within its scale: what a legend's toggle remembers. */
  key: string;
  label: string;
}

export interface Scale {
  by: ColourBy;
  bands: readonly Band[];
  /** The index into `bands` of the band an account falls into. */
  bandOf(account: Scaled): number;
  /** The letter on a pin where it tells something else than the band. */
  letterOf?: (account: Scaled) => string;
}

const DAY_MS = 86_400_000;
const GREY: Record<Theme, string> = { light: '#6b7785', dark: '#9aa6b4' };
/** One hue growing deeper: a higher probability is never told from a lower one by hue alone. */
const WIN: Record<Theme, readonly string[]> = {
  light: ['#9aa5b1', '#6fa3c4', '#2f86b5', '#0f6f8c', '#0a4f57'],
  dark: ['#8593a0', '#5f95b8', '#4fb0d8', '#5fd6d6', '#b5f2d0'],
};
/** Blue through sand to red: the scale that the common colour-blindnesses keep apart. */
const DAYS: Record<Theme, readonly string[]> = {
  light: ['#2c6fb3', '#6aa5cf', '#e3b34c', '#e07b39', '#b7322c'],
  dark: ['#5a9be0', '#93c6ea', '#f0cf7a', '#f59a5b', '#ff7468'],
};
const DAY_LIMITS = [30, 60, 90, 180] as const;
/** Okabe and Ito's set without its yellow (unreadable on white), then two greys of other lightness. */
const CATEGORIES: Record<Theme, readonly string[]> = {
  light: ['#0072b2', '#d55e00', '#009e73', '#b8679b', '#e69f00', '#3a8fbf', '#7a5c2e', '#3c434b'],
  dark: ['#56b4e9', '#ff9248', '#33c79b', '#d98fbd', '#f0b429', '#8ecdf0', '#c9a66b', '#c3cbd3'],
};
const SHAPE_CYCLE: readonly Shape[] = ['circle', 'square', 'diamond', 'hexagon', 'triangle', 'pentagon'];

function statusScale(context: ScaleContext): Scale {
  const index = new Map(context.statuses.map((status, at) => [status.no, at]));
  const bands = context.statuses.map((status) => ({
    key: String(status.no),
    label: status.name,
    letter: status.letter,
    shape: status.shape,
    colour: context.theme === 'dark' ? status.colour_dark : status.colour,
  }));
  return { by: 'status', bands, bandOf: (account) => index.get(account.status) ?? 0 };
}

function winScale(context: ScaleContext): Scale {
  const bands = WIN[context.theme].map((colour, at) => {
    const from = at * 20;
    return { key: String(from), label: context.words.percent(from, at === 4 ? 100 : from + 19), letter: String(from), shape: 'circle' as const, colour };
  });
  return { by: 'win', bands, bandOf: (account) => Math.min(4, Math.max(0, Math.floor((account.win_prob ?? 0) / 20))) };
}

function daysScale(context: ScaleContext): Scale {
  const colours = DAYS[context.theme];
  const bands: Band[] = DAY_LIMITS.map((limit, at) => ({ key: String(limit), label: context.words.upToDays(limit), letter: String(limit), shape: 'circle', colour: colours[at] ?? GREY.light }));
  bands.push({ key: 'over', label: context.words.overDays(180), letter: '180', shape: 'triangle', colour: colours[4] ?? GREY.light });
  bands.push({ key: 'never', label: context.words.never, letter: context.words.neverLetter, shape: 'square', colour: GREY[context.theme] });
  return {
    by: 'days',
    bands,
    bandOf(account) {
      if (!account.last_visit_at) return 5;
      const days = (context.now - Date.parse(account.last_visit_at)) / DAY_MS;
      const at = DAY_LIMITS.findIndex((limit) => days <= limit);
      return at === -1 ? 4 : at;
    },
  };
}

function rankScale(context: ScaleContext): Scale {
  const index = new Map(context.ranks.map((rank, at) => [rank, at]));
  const colours = CATEGORIES[context.theme];
  const order = [1, 4, 0, 2, 3, 5, 6, 7];
  const bands: Band[] = context.ranks.map((rank, at) => ({
    key: rank,
    label: rank,
    letter: rank.slice(0, 2),
    shape: SHAPE_CYCLE[at % SHAPE_CYCLE.length] ?? 'circle',
    colour: colours[order[at % order.length] ?? 0] ?? GREY.light,
  }));
  bands.push({ key: '', label: context.words.noRank, letter: '–', shape: 'circle', colour: GREY[context.theme] });
  return { by: 'rank', bands, bandOf: (account) => (account.rank === null ? undefined : index.get(account.rank)) ?? bands.length - 1 };
}

/** Two things at once: coloured and shaped by the days since the last visit, lettered with the rank. */
function rankDaysScale(context: ScaleContext): Scale {
  const days = daysScale(context);
  const bands = days.bands.map((band, at) => ({ ...band, shape: SHAPE_CYCLE[at % SHAPE_CYCLE.length] ?? 'circle' }));
  return { by: 'rank_days', bands, bandOf: days.bandOf, letterOf: (account) => account.rank?.slice(0, 2) ?? '–' };
}

function ownerScale(context: ScaleContext): Scale {
  const colours = CATEGORIES[context.theme];
  const named = context.owners.slice(0, colours.length);
  const index = new Map(named.map((owner, at) => [owner.id, at]));
  const bands: Band[] = named.map((owner, at) => ({
    key: owner.id,
    label: owner.name,
    letter: [...owner.name.trim()][0] ?? '?',
    shape: SHAPE_CYCLE[at % SHAPE_CYCLE.length] ?? 'circle',
    colour: colours[at] ?? GREY.light,
  }));
  const others = bands.length;
  bands.push({ key: 'others', label: context.words.others, letter: '…', shape: 'circle', colour: GREY[context.theme] });
  bands.push({ key: 'nobody', label: context.words.nobody, letter: '–', shape: 'circle', colour: context.theme === 'dark' ? '#66726c' : '#a3ada7' });
  return { by: 'owner', bands, bandOf: (account) => (account.owner_id === null ? others + 1 : (index.get(account.owner_id) ?? others)) };
}

const SCALES: Record<ColourBy, (context: ScaleContext) => Scale> = { status: statusScale, win: winScale, days: daysScale, rank: rankScale, owner: ownerScale, rank_days: rankDaysScale };

export function makeScale(by: ColourBy, context: ScaleContext): Scale {
  return SCALES[by](context);
}

/** How many of these accounts fall into each band, in the order of the bands. */
export function countBands(scale: Scale, accounts: Iterable<Scaled>): number[] {
  const counts = scale.bands.map(() => 0);
  for (const account of accounts) {
    const at = scale.bandOf(account);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
