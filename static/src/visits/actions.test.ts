import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../store/store';
import { account, ANOTHER, author, keep, ME, openPhone } from '../testing/world';
import { amendVisit, logVisit, setFollowUps, setTaskDone, setTasksDone } from './actions';
import { draftKey, keepDraft, newDraft, readDraft } from './draft';
import { nextStepDay } from './rules';
import { parseTask } from './wire';

let store: Store;
const hospital = account({ id: 'h', name: 'さくら総合病院', status: 2, win_prob: 50, cadence_days: 30 });
const by = author('2026-11-22T05:50:00Z');

beforeEach(async () => {
  store = await openPhone();
  await keep(store, hospital);
});
afterEach(() => store.close());

const draft = () => newDraft(hospital, { outcome: 1, now: by.now });

describe('logging a visit', () => {
  test('changes the account, adds the activity and the task, and leaves one message: all or nothing', async () => {
    const { input } = draft();
    await logVisit(store, { ...input, note: '予算は来年3月', win_prob: 65, status: 3, next_action: '見積を持参', next_action_on: '2026-11-29' }, { by, draft_key: null });
    expect(await store.db.get('accounts', 'h')).toMatchObject({
      status: 3,
      win_prob: 65,
      win_prob_by: ME,
      last_visit_at: '2026-11-22T05:50:00.000Z',
      last_outcome: 1,
      due_on: '2026-12-22',
      next_action: '見積を持参',
      next_action_on: '2026-11-29',
    });
    expect(await store.db.get('account_rows', 'h')).toMatchObject({ status: 3, win_prob: 65, due_on: '2026-12-22' });
    expect(await store.db.get('activities', input.id)).toMatchObject({ user_id: ME, note: '予算は来年3月', status_before: 2, status_after: 3, win_prob_before: 50, win_prob_after: 65 });
    expect(await store.db.getAll('tasks')).toMatchObject([{ title: '見積を持参', due_on: '2026-11-29', owner_id: ME, account_id: 'h' }]);
    const [operation, ...others] = await store.db.getAll('outbox');
    expect(others).toEqual([]);
    expect(operation).toMatchObject({ type: 'activity.log', entity_id: input.id, label: 'さくら総合病院' });
    expect(operation?.body).toEqual({
      id: input.id,
      account_id: 'h',
      channel: 'visit',
      outcome: 1,
      note: '予算は来年3月',
      occurred_at: '2026-11-22T05:50:00.000Z',
      win_prob: 65,
      status: 3,
      next_action: '見積を持参',
      next_action_on: '2026-11-29',
    });
  });

  test('a double tap logs it once', async () => {
    const { input } = draft();
    const [first, second] = await Promise.all([logVisit(store, input, { by, draft_key: null }), logVisit(store, input, { by, draft_key: null })]);
    expect([first, second].filter(Boolean)).toHaveLength(1);
    expect([await store.db.count('activities'), await store.db.count('outbox')]).toEqual([1, 1]);
  });

  test('the day of the visit is the organisation’s day, for the next due day', async () => {
    const { input } = draft();
    await logVisit(store, { ...input, occurred_at: '2026-11-22T15:30:00Z' }, { by, draft_key: null });
    expect((await store.db.get('accounts', 'h'))?.due_on).toBe('2026-12-23');
  });

  test('a call is a contact and not a visit', async () => {
    const { input } = draft();
    await logVisit(store, { ...input, channel: 'call' }, { by, draft_key: null });
    expect(await store.db.get('accounts', 'h')).toMatchObject({ last_contact_at: input.occurred_at, last_visit_at: null, due_on: null });
  });

  test('the new next action closes the author’s former one, and nobody else’s', async () => {
    const task = (id: string, owner_id: string) => parseTask({ id, account_id: 'h', owner_id, title: id, due_on: '2026-11-20', activity_id: 'v0' }, 'task');
    await store.db.put('tasks', task('mine', ME));
    await store.db.put('tasks', task('theirs', ANOTHER));
    const { input } = draft();
    await logVisit(store, { ...input, next_action: '再訪', next_action_on: '2026-11-30' }, { by, draft_key: null });
    expect((await store.db.get('tasks', 'mine'))?.done_at).not.toBeNull();
    expect((await store.db.get('tasks', 'theirs'))?.done_at).toBeNull();
  });

  test('on an account that is not here nothing is written', async () => {
    const { input } = draft();
    await expect(logVisit(store, { ...input, account_id: 'gone' }, { by, draft_key: null })).rejects.toThrow();
    expect([await store.db.count('activities'), await store.db.count('outbox')]).toEqual([0, 0]);
  });
});

describe('a draft', () => {
  test('survives, and goes with the visit that came of it', async () => {
    const begun = { ...draft(), is_touched: true };
    begun.input.note = '書きかけ';
    await keepDraft(store, begun);
    expect(await readDraft(store, 'h')).toEqual(begun);
    await logVisit(store, begun.input, { by, draft_key: draftKey('h') });
    expect(await readDraft(store, 'h')).toBeNull();
  });

  test('of another build that cannot be read is left where it is', async () => {
    await store.db.put('drafts', { key: draftKey('h'), kind: 'visit', updated_at: '', value: { shape: 'unknown' } });
    expect(await readDraft(store, 'h')).toBeNull();
    expect(await store.db.count('drafts')).toBe(1);
  });
});

test('correcting a visit and ticking a task off send only what changed', async () => {
  const { input } = draft();
  await logVisit(store, input, { by, draft_key: null });
  const activity = await store.db.get('activities', input.id);
  if (!activity) throw new Error('The visit is gone.');
  await amendVisit(store, activity, { changes: { note: '訂正' }, by });
  const task = parseTask({ id: 't', account_id: 'h', owner_id: ME, title: '電話', due_on: '2026-11-22' }, 'task');
  await store.db.put('tasks', task);
  await setTaskDone(store, task, { is_done: true, by });
  const bodies = (await store.db.getAll('outbox')).map((operation) => operation.body);
  expect(bodies.slice(1)).toEqual([{ note: '訂正' }, { done: true }]);
});

test('next steps fall on days that exist', () => {
  expect(['tomorrow', 'week', 'month'].map((step) => nextStepDay(step as 'week', '2027-01-31'))).toEqual(['2027-02-01', '2027-02-07', '2027-02-28']);
});

describe('following up several accounts', () => {
  const follow_up = { title: '展示会のお礼', due_on: '2026-11-29', owner_id: ME };

  test('gives each a task and a message; one that is gone is passed over', async () => {
    await keep(store, account({ id: 'k', name: '北総クリニック' }), account({ id: 'x', deleted_at: '2026-11-20T00:00:00Z' }));
    const made = await setFollowUps(store, ['h', 'k', 'x', 'nowhere'], { follow_up, by });
    expect(made.map((task) => task.account_id)).toEqual(['h', 'k']);
    expect(await store.db.getAll('tasks')).toMatchObject([follow_up, follow_up]);
    const sent = await store.db.getAll('outbox');
    expect(sent).toMatchObject([{ type: 'task.create', account_id: 'h', label: 'さくら総合病院' }, { type: 'task.create', account_id: 'k', label: '北総クリニック' }]);
    expect(sent.map((item) => item.body)).toEqual(made.map((task) => ({ id: task.id, account_id: task.account_id, ...follow_up })));
    expect(sent.map((item) => item.entity_id)).toEqual(made.map((task) => task.id));
  });

  test('is taken back by closing what was made', async () => {
    const made = await setFollowUps(store, ['h'], { follow_up, by });
    await setTasksDone(store, made, { is_done: true, by });
    expect((await store.db.getAll('tasks')).map((task) => task.done_at)).toEqual([by.now.toISOString()]);
    expect((await store.db.getAll('outbox')).map((item) => [item.type, item.entity_id])).toEqual([['task.create', made[0]?.id], ['task.update', made[0]?.id]]);
  });
});
