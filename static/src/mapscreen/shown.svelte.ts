/** Which accounts the map shows and how they are coloured: filter, colour scale and the legend's own toggles put together. */
import { fromStore } from 'svelte/store';
import { accountFilter, changeFilter } from '../accounts/filter';
import { accountsIndex } from '../accounts/index';
import { toQuery } from '../accounts/asking';
import { isOverdue, type AccountRow } from '../accounts/rules';
import { viewpoint } from '../core/author';
import { theme } from '../core/theme';
import type { Drawing } from '../map/features';
import { countBands, type Scale } from '../map/scales';
import { tileUrl, type Tiled } from '../map/tilelayers';
import { appStore } from '../store/current';
import { live } from '../store/live';
import { syncState } from '../sync/current';
import { holdsAll } from '../sync/snapshot';
import { mapChoices } from './choices';
import { scaleFor } from './scale';

export interface Shown {
  readonly isLoaded: boolean;
  /** Every account on this phone. */
  readonly all: readonly AccountRow[];
  /** Those that pass the filter and the legend. */
  readonly accounts: readonly AccountRow[];
  readonly scale: Scale;
  /** How many accounts fall into each band of the scale, before the legend's toggles. */
  readonly counts: readonly number[];
  /** Keys of the bands chosen in the legend; empty means all. */
  readonly only: readonly string[];
  /** How many are overdue, the overdue filter itself aside. */
  readonly overdue: number;
  readonly today: string;
  readonly drawing: Drawing;
  /** Set while the phone's first copy is still coming in: the map then draws from the server's tiles. */
  readonly tiled: Tiled | null;
  toggleBand(key: string): void;
  showAllBands(): void;
}

export function createShown(): Shown {
  const index = fromStore(accountsIndex);
  const filter = fromStore(accountFilter);
  const choices = fromStore(mapChoices);
  const shade = fromStore(theme);
  const sync = fromStore(syncState);
  /** Toggles of the scales that have no filter of their own; forgotten with the scale they belong to. */
  let toggled = $state.raw<{ by: string; only: string[] }>({ by: '', only: [] });

  const who = $derived(viewpoint());
  const by = $derived(choices.current.colourBy);
  const candidates = $derived.by(() => {
    void index.current;
    return accountsIndex.filtered({ ...filter.current, q: '', status: by === 'status' ? [] : filter.current.status }, who);
  });
  const scale = $derived(scaleFor(by, { theme: shade.current, rows: index.current.rows }));
  const counts = $derived(countBands(scale, candidates));
  const only = $derived(by === 'status' ? filter.current.status.map(String) : toggled.by === by ? toggled.only : []);
  const accounts = $derived.by(() => {
    if (only.length === 0) return candidates;
    const isShown = scale.bands.map((band) => only.includes(band.key));
    return candidates.filter((account) => isShown[scale.bandOf(account)]);
  });
  const overdue = $derived.by(() => {
    void index.current;
    const all = filter.current.overdue ? accountsIndex.filtered({ ...filter.current, q: '', overdue: false }, who) : accounts;
    return all.reduce((n, account) => n + (isOverdue(account.due_on, who.today) ? 1 : 0), 0);
  });
  // Whole once the first part of a copy is here, unless there is more than a phone holds.
  const isComplete = fromStore(live(appStore(), ['meta'], () => holdsAll(appStore())));
  const tiled = $derived.by(() => {
    // Undefined is "not yet known": most starts have the whole copy, and should not flash tiles first.
    // Out of reach, what has come so far is all there is to draw.
    if (isComplete.current !== false || sync.current.is_cut_off) return null;
    const carried = by === 'status' || by === 'win' ? scale : scaleFor('status', { theme: shade.current, rows: [] });
    return { url: tileUrl(location.origin, toQuery(filter.current, who)), scale: carried, theme: shade.current };
  });
  const drawing = $derived({ scale, theme: shade.current, today: who.today });

  return {
    get isLoaded() { return index.current.is_loaded; },
    get all() { return index.current.rows; },
    get accounts() { return accounts; },
    get scale() { return scale; },
    get counts() { return counts; },
    get only() { return only; },
    get overdue() { return overdue; },
    get today() { return who.today; },
    get drawing() { return drawing; },
    get tiled() { return tiled; },
    toggleBand(key) {
      const next = only.includes(key) ? only.filter((item) => item !== key) : [...only, key];
      if (by === 'status') changeFilter({ status: next.map(Number) });
      else toggled = { by, only: next };
    },
    showAllBands() {
      if (by === 'status') changeFilter({ status: [] });
      else toggled = { by, only: [] };
    },
  };
}
