/** Devices as the server tells them: whose each is and when it was last in touch. Never where it is. */
import { request } from '../core/http';
import { anything, listOf, nullable, object, text, type Parsed } from '../core/parse';

const parseDevice = object({
  id: text,
  user_id: text,
  user_name: text,
  label: text,
  app_version: text,
  first_seen_at: text,
  last_seen_at: text,
  wipe_asked_at: nullable(text),
  wiped_at: nullable(text),
});

export type Device = Parsed<typeof parseDevice>;

const parseList = object({ items: listOf(parseDevice) });

export const fetchDevices = async (): Promise<Device[]> => (await request('GET', '/api/devices', parseList)).items;

/** Have a lost phone emptied at its next contact; what it has not sent is sent first. */
export const askWipe = (id: string): Promise<unknown> => request('POST', `/api/devices/${id}/wipe`, anything);
export const cancelWipe = (id: string): Promise<unknown> => request('DELETE', `/api/devices/${id}/wipe`, anything);
