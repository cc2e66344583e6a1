/** The preview of a file just uploaded, handed from the upload to the page of its import. */
import type { ImportPreview } from './wire';

const kept = new Map<string, ImportPreview>();

export function keepPreview(preview: ImportPreview): void {
  kept.set(preview.id, preview);
}

export const keptPreview = (id: string): ImportPreview | undefined => kept.get(id);
