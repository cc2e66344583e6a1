import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer, type TestServer } from '../testing/server';
import { askAhead, ownConnection, send } from './http';
import { Unreachable } from './problem';

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
  ownConnection.origin = server.origin;
});
afterEach(async () => {
  ownConnection.origin = '';
  await server.close();
});

test('what was asked for ahead is asked for once, and anew the next time', async () => {
  server.answer = () => ({ body: { n: server.received.length } });
  askAhead('/first');
  expect([(await send('GET', '/other')).body, (await send('GET', '/first')).body]).toEqual([{ n: 2 }, { n: 1 }]);
  expect((await send('GET', '/first')).body).toEqual({ n: 3 });
});

test('what was asked for ahead and lost is told to who wants it, and asked for anew', async () => {
  server.answer = () => ({ isLost: true });
  askAhead('/first');
  await expect(send('GET', '/first')).rejects.toBeInstanceOf(Unreachable);
  server.answer = () => ({ body: { n: 1 } });
  expect((await send('GET', '/first')).body).toEqual({ n: 1 });
});
