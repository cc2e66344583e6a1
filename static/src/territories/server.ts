/** Coverage from the server, which alone knows all accounts; the last answer is kept on the phone, with when it was true. */
import { request, send } from '../core/http';
import type { Store } from '../store/store';
import { lightly, transact } from '../store/transact';
import { parseCoverage, parsePassOn, type Coverage, type PassOn } from './wire';

export const PERIODS = [30, 90] as const;
export type Period = (typeof PERIODS)[number];

export interface Kept {
  coverage: Coverage;
  /** When the server last said that it is so. */
  as_of: string;
  etag: string | null;
}

/** What is asked for: how far back, and of which rank (null: of all). */
export interface Asked {
  days: Period;
  rank: string | null;
}

const keyOf = ({ days, rank }: Asked): string => (rank === null ? `coverage_${days}` : `coverage_${days}_${rank}`);
const queryOf = ({ days, rank }: Asked): string => new URLSearchParams({ days: String(days), ...(rank === null ? {} : { rank }) }).toString();

export const isSame = (one: Asked, other: Asked): boolean => keyOf(one) === keyOf(other);

/** The figures as this phone last saw them; null when it never did, or an older build kept them in another shape. */
export async function keptCoverage(store: Store, asked: Asked): Promise<Kept | null> {
  const kept: unknown = await store.db.get('meta', keyOf(asked));
  if (typeof kept !== 'object' || kept === null || !('coverage' in kept) || !('as_of' in kept) || !('etag' in kept)) return null;
  try {
    return { coverage: parseCoverage(kept.coverage, 'coverage'), as_of: String(kept.as_of), etag: typeof kept.etag === 'string' ? kept.etag : null };
  } catch {
    return null;
  }
}

/** Ask the server and keep its answer. Throws as `send` does. */
export async function refreshCoverage(store: Store, asked: Asked, kept: Kept | null): Promise<Kept> {
  const answer = await send('GET', `/api/coverage?${queryOf(asked)}`, kept?.etag ? { etag: kept.etag } : {});
  const isUnchanged = answer.status === 304 && kept !== null;
  const coverage = isUnchanged ? kept.coverage : parseCoverage(answer.body, 'coverage');
  const next: Kept = { coverage, as_of: isUnchanged ? new Date().toISOString() : coverage.as_of, etag: answer.etag ?? kept?.etag ?? null };
  await transact(store, lightly('meta'), (tx) => tx.objectStore('meta').put(next, keyOf(asked)));
  return next;
}

export const orderMap = (asked: Asked, locale: 'ja' | 'en'): Promise<PassOn> => request('POST', '/api/coverage/maps', parsePassOn, { body: { ...asked, locale } });
export const mapProgress = (id: string): Promise<PassOn> => request('GET', `/api/coverage/maps/${id}`, parsePassOn);
export const mapFile = (id: string): string => `/api/coverage/maps/${id}/file`;
export const tableFile = (asked: Asked, kind: 'csv' | 'xlsx'): string => `/api/coverage/export.${kind}?${queryOf(asked)}`;
