/** What an attachment looks or sounds like: from this phone where it was taken or seen before, else from the server. */
import { receive } from '../../core/files';
import type { KeptBlob } from '../../store/schema';
import type { Store } from '../../store/store';
import { lightly, transact } from '../../store/transact';
import type { Attachment } from '../wire';

/** How much of other people's pictures a phone keeps; the oldest go first. */
const KEPT_MAX = 400;

export const isPicture = (item: { media_type: string }): boolean => item.media_type.startsWith('image/');
export const isSound = (item: { media_type: string }): boolean => item.media_type.startsWith('audio/');

/** The small picture, or null when it is neither here nor to be had now. */
export async function smallOf(store: Store, attachment: Pick<Attachment, 'id' | 'media_type' | 'stored_at'>): Promise<Blob | null> {
  if (!isPicture(attachment)) return null;
  const kept = await store.db.get('blobs', attachment.id);
  if (kept?.small) return new Blob([kept.small], { type: 'image/jpeg' });
  if (kept?.blob.byteLength) return new Blob([kept.blob], { type: attachment.media_type });
  const bytes = await fetched(attachment, 'thumbnail');
  if (!bytes) return null;
  await keep(store, attachment, { small: bytes });
  return new Blob([bytes], { type: 'image/jpeg' });
}

/** The whole, or null when it is neither here nor to be had now. */
export async function wholeOf(store: Store, attachment: Pick<Attachment, 'id' | 'media_type' | 'stored_at'>): Promise<Blob | null> {
  const kept = await store.db.get('blobs', attachment.id);
  const bytes = kept?.blob.byteLength ? kept.blob : await fetched(attachment, 'content');
  if (!bytes) return null;
  if (!kept?.blob.byteLength) await keep(store, attachment, { blob: bytes });
  return new Blob([bytes], { type: attachment.media_type });
}

async function fetched({ id, stored_at }: Pick<Attachment, 'id' | 'stored_at'>, what: 'thumbnail' | 'content'): Promise<ArrayBuffer | null> {
  if (!stored_at) return null;
  return receive(`/api/attachments/${id}/${what}`).catch(() => null);
}

/** Keep what was fetched; where there is no room it is fetched again next time. */
async function keep(store: Store, { id, stored_at }: Pick<Attachment, 'id' | 'stored_at'>, part: Partial<Pick<KeptBlob, 'blob' | 'small'>>): Promise<void> {
  try {
    await transact(store, lightly('blobs', 'attachments'), async (tx) => {
      // Gone meanwhile: then nothing of it may stay.
      if (!(await tx.objectStore('attachments').get(id))) return;
      const blobs = tx.objectStore('blobs');
      const present = await blobs.get(id);
      await blobs.put({ id, blob: new ArrayBuffer(0), small: null, sent_bytes: 0, refusal: null, ...present, stored_at, ...part });
      const stored = await blobs.index('by_stored').getAllKeys();
      for (const old of stored.slice(0, Math.max(0, stored.length - KEPT_MAX))) await blobs.delete(old);
    });
  } catch {
    // A cache only.
  }
}
