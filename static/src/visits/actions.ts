/** What people do with visits and tasks. Each writes the phone's rows and the message to the server in one transaction. */
import type { Account } from '../accounts/wire';
import type { Author } from '../core/author';
import { newId } from '../core/ids';
import { dayIn } from '../core/time';
import { putAccount, write } from '../store/rows';
import type { Store, WriteTransaction } from '../store/store';
import { together } from '../store/transact';
import { standIn } from '../sync/merge';
import { appendOperation, type Patch } from '../sync/operations';
import { accountAfter, bodyOf, type VisitInput } from './rules';
import { parseActivity, parseTask, type Activity, type Task } from './wire';

export interface LogOptions {
  by: Author;
  draft_key: string | null;
  /** What goes with the visit, in its transaction: the photos taken there. */
  also?: (tx: WriteTransaction, account: Account) => Promise<void>;
}

/** Log a visit (or call, mail ...). A second press with the same id does nothing. Returns the message's id, null when it was there already. */
export async function logVisit(store: Store, input: VisitInput, options: LogOptions): Promise<string | null> {
  const { by, draft_key, also } = options;
  const now = by.now.toISOString();
  return write(store, [input.account_id], async (tx) => {
    const [former, account] = await together(
      () => tx.objectStore('activities').get(input.id),
      () => tx.objectStore('accounts').get(input.account_id),
    );
    if (former) return null;
    if (!account) throw new Error(`There is no account ${input.account_id} on this phone.`);
    const changes = accountAfter(account, input, { user_id: by.user_id, now, dayOf: (at) => dayIn(by.timezone, at) });
    const { position, win_prob, status, ...said } = input;
    const activity = parseActivity(
      {
        ...said,
        ...position,
        user_id: by.user_id,
        recorded_at: now,
        created_at: now,
        win_prob_before: account.win_prob,
        win_prob_after: win_prob,
        status_before: account.status,
        status_after: status,
      },
      'activity',
    );
    // Asked of the store together: each wait for it is felt after the press on Save.
    const [tasks] = await together(
      () => renewTask(tx, input, by),
      () => tx.objectStore('activities').put(activity),
      () => putAccount(tx, { ...account, ...changes }),
      async () => (draft_key ? tx.objectStore('drafts').delete(draft_key) : undefined),
    );
    const op_id = await appendOperation(tx, {
      type: 'activity.log',
      entity_id: input.id,
      account_id: input.account_id,
      label: account.name,
      // Its win probability and status are edits of the account as it was seen here.
      base_version: account.version,
      body: bodyOf(input, account),
      patches: [{ store: 'accounts', id: account.id, changes }, ...tasks.patches],
      temporary: tasks.temporary,
      recorded_at: now,
    });
    await also?.(tx, account);
    return op_id;
  });
}

/** The next action replaces the author's former open one, as the server does; its own row stands in until the server's comes. */
async function renewTask(tx: WriteTransaction, input: VisitInput, by: Author) {
  const patches: Patch[] = [];
  if (!input.next_action_on) return { patches, temporary: [] };
  const tasks = tx.objectStore('tasks');
  for (const task of await tasks.index('by_account').getAll(input.account_id)) {
    if (task.done_at || task.owner_id !== by.user_id || !task.activity_id) continue;
    const changes = { done_at: by.now.toISOString() };
    await tasks.put({ ...task, ...changes });
    patches.push({ store: 'tasks', id: task.id, changes });
  }
  const id = newId();
  await tasks.put(
    parseTask(
      { id, account_id: input.account_id, owner_id: by.user_id, title: input.next_action, due_on: input.next_action_on, activity_id: input.id },
      'task',
    ),
  );
  return { patches, temporary: [{ store: 'tasks' as const, id }] };
}

export type VisitChanges = Partial<Pick<Activity, 'outcome' | 'note' | 'duration_min' | 'next_action' | 'next_action_on' | 'contact_ids'>>;

/** Correct a visit: the same day in place, later as an amendment that keeps the original (the server decides which). */
export async function amendVisit(store: Store, activity: Activity, options: { changes: VisitChanges; by: Author }): Promise<string> {
  const { changes, by } = options;
  return write(store, [activity.account_id], async (tx) => {
    const present = await tx.objectStore('activities').get(activity.id);
    await tx.objectStore('activities').put({ ...(present ?? standIn(activity)), ...changes });
    const account = await tx.objectStore('accounts').get(activity.account_id);
    return appendOperation(tx, {
      type: 'activity.amend',
      entity_id: activity.id,
      account_id: activity.account_id,
      label: account?.name ?? '',
      base_version: (present ?? activity).version,
      body: { ...changes },
      patches: [{ store: 'activities', id: activity.id, changes: { ...changes } }],
      recorded_at: by.now.toISOString(),
    });
  });
}

export interface TaskInput {
  account_id: string;
  title: string;
  due_on: string | null;
  owner_id?: string;
}

/** Note something to do at an account, for oneself unless told otherwise. */
export async function createTask(store: Store, input: TaskInput, by: Author): Promise<{ id: string; op_id: string }> {
  const id = newId();
  const body = { owner_id: by.user_id, ...input, id };
  const op_id = await write(store, [input.account_id], async (tx) => {
    await tx.objectStore('tasks').put(parseTask(body, 'task'));
    const account = await tx.objectStore('accounts').get(input.account_id);
    return appendOperation(tx, {
      type: 'task.create',
      entity_id: id,
      account_id: input.account_id,
      label: [account?.name, input.title].filter(Boolean).join(' / '),
      base_version: null,
      body,
      recorded_at: by.now.toISOString(),
    });
  });
  return { id, op_id };
}

export interface FollowUp {
  title: string;
  due_on: string;
  owner_id: string;
}

/** Give each of these accounts a task, all in one transaction. Returns the tasks, for `setTasksDone` to take them back. */
export function setFollowUps(store: Store, account_ids: readonly string[], options: { follow_up: FollowUp; by: Author }): Promise<Task[]> {
  const { follow_up, by } = options;
  return write(store, [...account_ids], async (tx) => {
    const made: Task[] = [];
    for (const account_id of account_ids) {
      const account = await tx.objectStore('accounts').get(account_id);
      if (!account || account.deleted_at) continue;
      const body = { id: newId(), account_id, ...follow_up };
      const task = parseTask(body, 'task');
      await tx.objectStore('tasks').put(task);
      await appendOperation(tx, {
        type: 'task.create',
        entity_id: task.id,
        account_id,
        label: account.name,
        base_version: null,
        body,
        recorded_at: by.now.toISOString(),
      });
      made.push(task);
    }
    return made;
  });
}

interface Ticked {
  is_done: boolean;
  by: Author;
}

/** Tick a task off, or open it again. */
export async function setTaskDone(store: Store, task: Task, ticked: Ticked): Promise<void> {
  await setTasksDone(store, [task], ticked);
}

export async function setTasksDone(store: Store, tasks: readonly Task[], { is_done, by }: Ticked): Promise<void> {
  const done_at = is_done ? by.now.toISOString() : null;
  await write(store, tasks.flatMap(({ account_id }) => account_id ?? []), async (tx) => {
    for (const task of tasks) {
      const present = await tx.objectStore('tasks').get(task.id);
      await tx.objectStore('tasks').put({ ...(present ?? standIn(task)), done_at });
      await appendOperation(tx, {
        type: 'task.update',
        entity_id: task.id,
        account_id: task.account_id,
        label: task.title,
        base_version: (present ?? task).version,
        body: { done: is_done },
        patches: [{ store: 'tasks', id: task.id, changes: { done_at } }],
        recorded_at: by.now.toISOString(),
      });
    }
  });
}
