/** The scale the map is coloured by, in the user's words and the organisation's statuses, ranks and people. */
import { activeStatuses, nameOf, statusLetter } from '../accounts/statuses';
import type { AccountRow } from '../accounts/rules';
import { t } from '../core/i18n/i18n.svelte';
import { session } from '../core/session';
import type { Theme } from '../core/theme';
import { makeScale, type ColourBy, type Scale, type ScaleWords } from '../map/scales';

const words = (): ScaleWords => ({
  never: t('map.never_visited'),
  neverLetter: t('map.never_letter'),
  others: t('map.other_owners'),
  nobody: t('map.no_owner'),
  noRank: t('map.no_rank'),
  upToDays: (days) => t('map.up_to_days', { n: days }),
  overDays: (days) => t('map.over_days', { n: days }),
  percent: (from, to) => `${from}–${to}%`,
});

/** People by how many accounts they look after, the user always first. */
function ownersByWeight(rows: readonly AccountRow[]): { id: string; name: string }[] {
  const counts = new Map<string, number>();
  for (const { owner_id } of rows) if (owner_id) counts.set(owner_id, (counts.get(owner_id) ?? 0) + 1);
  const { user, users } = session();
  counts.set(user.id, Number.POSITIVE_INFINITY);
  return users.filter(({ id }) => counts.has(id)).sort((a, b) => (counts.get(b.id) ?? 0) - (counts.get(a.id) ?? 0));
}

export function scaleFor(by: ColourBy, options: { theme: Theme; rows: readonly AccountRow[] }): Scale {
  const { theme, rows } = options;
  return makeScale(by, {
    theme,
    statuses: activeStatuses().map((status) => ({ ...status, name: nameOf(status), letter: statusLetter(status.no) })),
    ranks: session().organisation.ranks,
    owners: by === 'owner' ? ownersByWeight(rows) : [],
    now: Date.now(),
    words: words(),
  });
}
