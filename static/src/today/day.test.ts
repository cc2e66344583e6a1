import { describe, expect, test } from 'vitest';
import { byUser } from '../team/rules';
import { ANOTHER, ME, openPhone } from '../testing/world';
import { parseActivity, parseTask } from '../visits/wire';
import { loggedOn, tasksDue } from './day';

const activity = (id: string, occurred_at: string, fields: Record<string, unknown> = {}) =>
  parseActivity({ id, account_id: 'a', user_id: ME, channel: 'visit', outcome: 1, occurred_at, ...fields }, 'activity');

describe('the day', () => {
  test('is the organisation’s: an early morning belongs to it, late UTC evening to the next', async () => {
    const store = await openPhone();
    for (const item of [activity('before', '2026-11-21T14:59:00Z'), activity('first', '2026-11-21T15:00:00Z'), activity('last', '2026-11-22T14:59:00Z'), activity('after', '2026-11-22T15:00:00Z'), activity('theirs', '2026-11-22T01:00:00Z', { user_id: ANOTHER })]) {
      await store.db.put('activities', item);
    }
    const day = { day: '2026-11-22', timezone: 'Asia/Tokyo' };
    expect((await loggedOn(store, { ...day, user_id: ME })).map((item) => item.id)).toEqual(['last', 'first']);
    expect((await loggedOn(store, { ...day, user_id: null })).map((item) => item.id)).toEqual(['last', 'theirs', 'first']);
  });

  test('holds the user’s open tasks due by today, the oldest first', async () => {
    const store = await openPhone();
    const task = (id: string, due_on: string | null, fields: Record<string, unknown> = {}) => parseTask({ id, owner_id: ME, title: id, due_on, ...fields }, 'task');
    for (const item of [task('today', '2026-11-22'), task('late', '2026-11-01'), task('future', '2026-11-23'), task('someday', null), task('done', '2026-11-01', { done_at: '2026-11-02T00:00:00Z' }), task('theirs', '2026-11-01', { owner_id: ANOTHER })]) {
      await store.db.put('tasks', item);
    }
    expect((await tasksDue(store, { user_id: ME, today: '2026-11-22' })).map((item) => item.id)).toEqual(['late', 'today']);
  });
});

test('the team’s day counts visits and meetings per person, the busiest first', () => {
  const days = byUser([activity('1', ''), activity('2', '', { outcome: 2 }), activity('3', '', { user_id: ANOTHER, channel: 'call' })], 1);
  expect(days.map(({ user_id, visits, met }) => [user_id, visits, met])).toEqual([[ME, 2, 1], [ANOTHER, 0, 0]]);
});
