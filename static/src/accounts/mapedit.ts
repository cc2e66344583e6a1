/** Asking the map to let the user put a pin right: the account page starts it, the map screen carries it out. */
import { writable, type Readable } from '../core/signal';

export interface MapEdit {
  account_id: string;
  name: string;
  /** Where to begin: the present pin, or null when there is none yet. */
  lon: number | null;
  lat: number | null;
}

const current = writable<MapEdit | null>(null);

/** While set, the map shows one draggable pin with Save and Cancel. Save calls accounts/actions.moveAccount, then endMapEdit. */
export const mapEdit: Readable<MapEdit | null> = current;

export function startMapEdit(edit: MapEdit): void {
  current.set(edit);
}

export function endMapEdit(): void {
  current.set(null);
}
