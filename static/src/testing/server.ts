/** A real HTTP server whose answers a test writes. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  /** What came, when it was not JSON. */
  bytes: Uint8Array;
}

export interface Reply {
  status?: number;
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
  /** Do the work, then lose the answer: the connection breaks. */
  isLost?: boolean;
}

export interface TestServer {
  origin: string;
  received: Received[];
  /** What it answers from now on. */
  answer: (request: Received) => Reply | Promise<Reply>;
  close(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const isJson = incoming.headers['content-type']?.includes('json') ?? false;
      const request: Received = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: isJson && bytes.length ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {},
        bytes,
      };
      world.received.push(request);
      void Promise.resolve(world.answer(request)).then((reply) => {
        if (reply.isLost) {
          incoming.socket.destroy();
          return;
        }
        const status = reply.status ?? 200;
        const type = reply.type ?? (status >= 400 ? 'application/problem+json' : 'application/json');
        outgoing.writeHead(status, { 'Content-Type': type, ...reply.headers });
        outgoing.end(status === 304 || status === 204 ? undefined : typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const world: TestServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: (request) => ({ status: 200, body: request.body }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return world;
}
