/** What of one's calendar is linked with others: on the server only, never kept on the phone. */
import { request } from '../core/http';
import { anything, flag, nullable, object, text, type Parsed } from '../core/parse';

const parseFeed = object({ created_at: text, last_read_at: nullable(text) });
const parseBusy = object({
  host: text,
  keeps_titles: flag,
  read_at: nullable(text),
  tried_at: nullable(text),
  problem: nullable(text),
  message: nullable(text),
});
const parseLinks = object({ feed: nullable(parseFeed), busy: nullable(parseBusy) });
const parseMade = object({ url: text });

export type CalendarLinks = Parsed<typeof parseLinks>;
export type BusyCalendar = Parsed<typeof parseBusy>;

export const fetchLinks = (): Promise<CalendarLinks> => request('GET', '/api/calendar', parseLinks);
export const makeFeed = (): Promise<Parsed<typeof parseMade>> => request('POST', '/api/calendar/feed', parseMade);
export const closeFeed = (): Promise<unknown> => request('DELETE', '/api/calendar/feed', anything);
export const connectBusy = (body: { url: string; keeps_titles: boolean }): Promise<unknown> => request('PUT', '/api/calendar/busy', parseBusy, { body });
export const readBusy = (): Promise<unknown> => request('POST', '/api/calendar/busy/read', parseBusy);
export const disconnectBusy = (): Promise<unknown> => request('DELETE', '/api/calendar/busy', anything);
