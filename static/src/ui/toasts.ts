/** Short messages at the bottom of the screen, some with an undo. */
import { writable, type Readable } from '../core/signal';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'good' | 'bad';
  action: { label: string; run: () => void } | null;
}

const SHOWN_MS = 5_000;
const LONGER_MS = 8_000;

type ToastOptions = Partial<Omit<Toast, 'id' | 'text'>> & { stays_ms?: number };
const shown = writable<Toast[]>([]);
let nextId = 1;

export const toasts: Readable<Toast[]> = shown;

/** The sheets over the page, the topmost last: messages are shown on it, for behind it nobody would see them. */
export const sheets = writable<object[]>([]);

const timers = new Map<number, ReturnType<typeof setTimeout>>();

function renew(id: number, shown_ms: number): void {
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => dismiss(id), shown_ms));
}

export function dismiss(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  shown.update((list) => list.filter((item) => item.id !== id));
}

/** Show a message; returns its id. One that offers an action, or tells of a trouble, stays longer. */
export function toast(text: string, { stays_ms, ...options }: ToastOptions = {}): number {
  const id = nextId++;
  // Two at most: more would cover the screen.
  shown.update((list) => [...list.slice(-1), { id, text, tone: 'plain', action: null, ...options }]);
  renew(id, stays_ms ?? (options.action || options.tone === 'bad' ? LONGER_MS : SHOWN_MS));
  return id;
}

/** Change a message that is still shown. */
export function retoast(id: number, text: string, tone: Toast['tone']): void {
  shown.update((list) => list.map((item) => (item.id === id ? { ...item, text, tone } : item)));
  // What is new on the line is shown as long as a new message.
  renew(id, SHOWN_MS);
}
