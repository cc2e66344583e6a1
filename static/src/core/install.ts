/** Keeping the app on the phone: the invitation to install it, and storage that the browser does not clear by itself. */
import { writable, type Readable } from './signal';

interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}

const isPrompt = (event: Event): event is InstallPrompt => 'prompt' in event && typeof event.prompt === 'function';
const held = writable<InstallPrompt | null>(null);

/** Whether this browser offers to install the app now. */
export const canInstall: Readable<InstallPrompt | null> = held;

if (typeof window !== 'undefined') {
  window.addEventListener('beforeinstallprompt', (event) => {
    if (!isPrompt(event)) return;
    event.preventDefault();
    held.set(event);
  });
  window.addEventListener('appinstalled', () => held.set(null));
}

export const isInstalled = (): boolean =>
  typeof matchMedia !== 'undefined' && (matchMedia('(display-mode: standalone)').matches || Reflect.get(navigator, 'standalone') === true);

export async function install(): Promise<void> {
  const prompt = held.get();
  held.set(null);
  await prompt?.prompt();
}

/** Whether the browser has promised not to clear our data by itself; null when it cannot tell. */
export async function isStorageKept(): Promise<boolean | null> {
  return 'storage' in navigator && 'persisted' in navigator.storage ? navigator.storage.persisted() : null;
}

export async function keepStorage(): Promise<boolean> {
  return 'storage' in navigator && 'persist' in navigator.storage ? navigator.storage.persist() : false;
}
