/** The map's own choices, as the screens word them. */
import type { Key } from '../core/i18n/i18n.svelte';
import type { ColourBy } from '../map/scales';

export const COLOUR_KEYS: Record<ColourBy, Key> = {
  status: 'map.by_status',
  win: 'map.by_win',
  days: 'map.by_days',
  rank: 'map.by_rank',
  owner: 'map.by_owner',
  rank_days: 'map.by_rank_days',
};
