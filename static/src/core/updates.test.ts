import { afterEach, expect, test, vi } from 'vitest';
import { watchForUpdates } from './updates';

afterEach(() => vi.unstubAllGlobals());

test('without a line at the first start, the worker is registered once there is one', async () => {
  const page = new EventTarget();
  const register = vi.fn().mockRejectedValueOnce(new TypeError('offline')).mockResolvedValue(new EventTarget());
  const active = { postMessage: vi.fn() };
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('navigator', { serviceWorker: Object.assign(new EventTarget(), { register, ready: Promise.resolve({ active }) }) });

  const watching = watchForUpdates({ isBusy: () => false, offer: () => () => undefined });
  await vi.waitFor(() => expect(register).toHaveBeenCalledTimes(1));
  expect(active.postMessage).not.toHaveBeenCalled();
  await new Promise(setImmediate);
  page.dispatchEvent(new Event('online'));
  await watching;
  expect(register).toHaveBeenCalledTimes(2);
  expect(active.postMessage).toHaveBeenCalledWith('warm');
});
