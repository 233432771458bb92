import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { FakeReplica, Nginx } from './nginx-harness';
import { findTool, run } from './tools';

describe('nginx.conf', () => {
  let a: FakeReplica;
  let b: FakeReplica;
  let nginx: Nginx;
  let portOfA: number;

  beforeEach(async () => {
    a = new FakeReplica();
    b = new FakeReplica();
    nginx = new Nginx();
    portOfA = await a.start();
    await nginx.start(portOfA, await b.start());
  });

  afterEach(async () => {
    await nginx.stop();
    await Promise.all([a.stop(), b.stop()]);
  });

  const asked = () => [...a.requests, ...b.requests];

  it('is accepted by nginx -t, without a warning', async () => {
    const other = new Nginx();
    const result = await run(findTool('nginx'), [...(await other.configure(4000, 4001)), '-t']);
    await other.stop();
    expect(result).toEqual({ status: 0, output: expect.stringMatching(/syntax is ok\n.*test is successful\n$/) });
    expect(result.output).not.toMatch(/warn|emerg/);
  });

  it('spreads requests over both replicas and keeps the connections to them', async () => {
    const connections = new Set<IncomingMessage['socket']>();
    for (const replica of [a, b]) replica.server.on('connection', (socket) => connections.add(socket));
    for (let count = 0; count < 40; count++) expect(await nginx.ask('/livez')).toMatchObject({ status: 200, body: 'answered' });
    expect(a.requests.length).toBeGreaterThan(0);
    expect(b.requests.length).toBeGreaterThan(0);
    expect(connections.size).toBeLessThan(20);
  });

  it('never shows /metrics', async () => {
    expect(await nginx.ask('/metrics')).toMatchObject({ status: 404 });
    expect(await nginx.ask('/metrics?x=1')).toMatchObject({ status: 404 });
    expect(asked()).toEqual([]);
  });

  it('tells the server the address, host and id of the request, whatever the client claims to be', async () => {
    await nginx.ask('/graphql', {
      headers: {
        host: 'touchstone.example:8080',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-real-ip': '6.6.6.6',
        forwarded: 'for=6.6.6.6',
        'x-request-id': 'order-4711',
      },
    });
    const headers = asked()[0]?.headers;
    expect(headers).toMatchObject({ host: 'touchstone.example:8080', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
    expect(headers).toMatchObject({ 'x-request-id': 'order-4711' });
    expect(headers).not.toHaveProperty('x-forwarded-host');
    expect(headers).not.toHaveProperty('x-real-ip');
    expect(headers).not.toHaveProperty('forwarded');
    expect(headers).not.toHaveProperty('upgrade');
  });

  it('gives an id to a request that has none or a strange one', async () => {
    await nginx.ask('/graphql');
    await nginx.ask('/graphql', { headers: { 'x-request-id': 'a b"c' } });
    for (const { headers } of asked()) expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('sends a POST again to the other replica when the first one dies under it', async () => {
    a.answer = (incoming) => incoming.socket.destroy();
    b.answer = echo;
    for (let count = 0; count < 10; count++) {
      expect(await nginx.ask('/graphql', { method: 'POST', body: `mutation ${count}` })).toMatchObject({
        status: 200,
        body: `mutation ${count}`,
      });
    }
    expect(a.requests.length).toBeGreaterThan(0);
  });

  it('keeps answering while a replica is gone, and uses it again the moment it is back', async () => {
    b.answer = echo;
    await a.stop();
    for (let count = 0; count < 10; count++) {
      expect(await nginx.ask('/graphql', { method: 'POST', body: 'x' })).toMatchObject({ status: 200, body: 'x' });
    }
    const back = new FakeReplica();
    await back.start(portOfA);
    try {
      for (let count = 0; count < 4; count++) await nginx.ask('/livez');
      expect(back.requests.length).toBeGreaterThan(0);
    } finally {
      await back.stop();
    }
  });

  it('asks the other replica when one is draining', async () => {
    a.answer = (_incoming, response) => response.writeHead(503).end('draining');
    for (let count = 0; count < 6; count++) expect(await nginx.ask('/readyz')).toMatchObject({ status: 200 });
    b.answer = a.answer;
    expect(await nginx.ask('/readyz')).toMatchObject({ status: 503 });
  });

  it('takes bodies of 32 MiB and refuses larger ones before they are sent', async () => {
    let received = 0;
    const count = (incoming: IncomingMessage) => incoming.on('data', (chunk: Buffer) => (received += chunk.length));
    for (const replica of [a, b]) {
      replica.answer = (incoming, response) => count(incoming).on('end', () => response.end('taken'));
    }
    const largest = 32 * 1024 * 1024;
    expect(await nginx.ask('/graphql', { method: 'POST', body: Buffer.alloc(largest) })).toMatchObject({ status: 200, body: 'taken' });
    expect(received).toBe(largest);
    expect(await nginx.ask('/graphql', { method: 'POST', headers: { 'content-length': String(largest + 1) } })).toMatchObject({
      status: 413,
    });
    expect(asked()).toHaveLength(1);
  });

  it('passes WebSockets on /graphql both ways, with their protocol', async () => {
    for (const { server } of [a, b]) {
      new WebSocketServer({ server, path: '/graphql' }).on('connection', (socket, { headers }) => {
        socket.on('message', (text) => socket.send(`${text} for ${headers['x-forwarded-for']}`));
      });
    }
    const socket = new WebSocket(`ws://127.0.0.1:${nginx.port}/graphql`, 'graphql-transport-ws', {
      headers: { 'x-forwarded-for': '6.6.6.6' },
    });
    await once(socket, 'open');
    expect(socket.protocol).toBe('graphql-transport-ws');
    socket.send('ping');
    const [message] = await once(socket, 'message');
    expect(String(message)).toBe('ping for 127.0.0.1');
    socket.close();
    await once(socket, 'close');
  });

  it('passes no other upgrade', async () => {
    await nginx.ask('/graphql', { headers: { connection: 'upgrade', upgrade: 'h2c' } });
    expect(asked()[0]?.headers).not.toHaveProperty('upgrade');
  });

  it('compresses JSON and keeps its version to itself', async () => {
    for (const replica of [a, b]) {
      replica.answer = (_incoming, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(5000)}"`);
    }
    const { headers } = await nginx.ask('/graphql', { headers: { 'accept-encoding': 'gzip' } });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', server: 'nginx' });
  });
});

function echo(incoming: IncomingMessage, response: { end(body: Buffer): void }): void {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => response.end(Buffer.concat(chunks)));
}
