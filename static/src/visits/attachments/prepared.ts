/** A file as it was taken on this phone, ready to be kept: its bytes, what they are, and a small picture of it. */
import { newId } from '../../core/ids';
import type { Taken } from '../draft';

export interface Prepared {
  taken: Taken;
  bytes: ArrayBuffer;
  /** A JPEG of at most 320 px for timelines; null where there is nothing to see. */
  small: ArrayBuffer | null;
}

/** As the server has it: what is larger would be refused there, so it is refused here, before it is kept. */
export const MAX_BYTES = 20 * 1024 * 1024;

/** Why a file cannot be taken, for the words on the screen. */
export class Unfit extends Error {
  readonly reason: 'too_large' | 'unopenable' | 'not_a_pdf' | 'empty';

  constructor(reason: Unfit['reason']) {
    super(reason);
    this.name = 'Unfit';
    this.reason = reason;
  }
}

/** Hashes need a page that came over HTTPS (or from this machine): without, nothing can be attached. */
export const canAttach = (): boolean => typeof crypto !== 'undefined' && 'subtle' in crypto;

export async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface Content extends Pick<Taken, 'kind' | 'name' | 'media_type'>, Partial<Pick<Taken, 'width' | 'height' | 'duration_s'>> {
  bytes: ArrayBuffer;
  small?: ArrayBuffer | null;
}

export async function prepare({ bytes, small = null, ...said }: Content): Promise<Prepared> {
  if (bytes.byteLength === 0) throw new Unfit('empty');
  if (bytes.byteLength > MAX_BYTES) throw new Unfit('too_large');
  const taken = { id: newId(), width: null, height: null, duration_s: null, ...said, size_bytes: bytes.byteLength, sha256: await sha256(bytes) };
  return { taken, bytes, small };
}

/** Take a document as it is; whether it is one is told by its first bytes. */
export async function preparePdf(file: File): Promise<Prepared> {
  if (file.size > MAX_BYTES) throw new Unfit('too_large');
  const bytes = await file.arrayBuffer();
  if (new TextDecoder('latin1').decode(bytes.slice(0, 5)) !== '%PDF-') throw new Unfit('not_a_pdf');
  return prepare({ kind: 'file', name: plainName(file.name) || 'document.pdf', media_type: 'application/pdf', bytes });
}

/** A name that the server takes: no control characters, no path, not longer than a file system's. */
export function plainName(name: string): string {
  return (name.split(/[\\/]/).pop() ?? '').replace(/[\u0000-\u001f\u007f-\u009f]|\p{Cs}/gu, '').trim().slice(-200);
}
