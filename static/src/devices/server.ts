/** Devices as the server tells them: whose each is and when it was last in touch. Never where it is. */
import { request } from '../core/http';
import { anything, nullable, object, text, type Parsed } from '../core/parse';
import { fetchWhole } from '../core/whole';

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

export const fetchDevices = (): Promise<Device[]> => fetchWhole('/api/devices', parseDevice);

/** Have a lost phone emptied at its next contact; what it has not sent is sent first. */
export const askWipe = (id: string): Promise<unknown> => request('POST', `/api/devices/${id}/wipe`, anything);
export const cancelWipe = (id: string): Promise<unknown> => request('DELETE', `/api/devices/${id}/wipe`, anything);
