/** Where an attachment is: on this phone, on its way, at the server, or refused. */
import type { KeptBlob } from '../../store/schema';
import type { Attachment } from '../wire';

export type Whereabouts =
  | { kind: 'phone' }
  | { kind: 'sending'; percent: number }
  | { kind: 'sent' }
  | { kind: 'elsewhere' }
  | { kind: 'refused'; reason: string };

/** `refusal`: of its message in the outbox, if the server refused that. */
export function whereabouts(attachment: Attachment, kept: Pick<KeptBlob, 'refusal' | 'stored_at'> | undefined, refusal: string | null): Whereabouts {
  if (refusal !== null) return { kind: 'refused', reason: refusal };
  if (attachment.stored_at) return { kind: 'sent' };
  // Its bytes are still on the phone that took it.
  if (!kept || kept.stored_at) return { kind: 'elsewhere' };
  if (kept.refusal) return { kind: 'refused', reason: kept.refusal.message };
  if (attachment.received_bytes === 0) return { kind: 'phone' };
  return { kind: 'sending', percent: Math.floor((attachment.received_bytes / attachment.size_bytes) * 100) };
}
