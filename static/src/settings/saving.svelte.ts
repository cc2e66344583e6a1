/** Saving what a sheet of the settings holds: once at a time, with what was wrong at its fields. */
import type { Method } from '../core/http';
import { saveSetting, type SettingErrors } from './save';

export class Saving {
  errors = $state<SettingErrors>({});
  isBusy = $state(false);

  /** Send it; returns whether it worked. Pressed again meanwhile, nothing happens. */
  async send(method: Method, path: string, body?: Record<string, unknown>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.errors = await saveSetting(method, path, body);
    this.isBusy = false;
    return Object.keys(this.errors).length === 0;
  }

  /** Begin anew, with another thing in the sheet. */
  clear(): void {
    this.errors = {};
  }
}
