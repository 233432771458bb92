import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { postJson } from '../../../bench/contenders/http-request';
import { LoadGenerator } from '../../../bench/load/load-generator';
import type { LoadJob, LoadReport, Loop } from '../../../bench/load/load-job';

const compiled = join(__dirname, '../../../dist/bench/load/load-process.js');
const closed: Loop = { kind: 'closed', connections: 4 };
const open: Loop = { kind: 'open', ratePerSecond: 200, maxInFlight: 8 };

describe('the load generator', () => {
  let generator: LoadGenerator;
  let server: Server;
  let answer: RequestListener;
  let received = 0;

  beforeAll(async () => {
    generator = new LoadGenerator(compiled);
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        received++;
        answer(request, response);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(async () => {
    await generator.stop();
    server.closeAllConnections();
    server.close();
  });

  function load(loop: Loop, settings: Partial<LoadJob> = {}): Promise<LoadReport> {
    const { port } = server.address() as AddressInfo;
    const requests = ['one', 'two'].map((name) => ({ bytes: postJson('/', { name }), expected: ['"fine"'] }));
    received = 0;
    return generator.run({
      target: { host: '127.0.0.1', port },
      requests,
      loop,
      warmUpMs: 50,
      durationMs: 300,
      deadlineMs: null,
      ...settings,
    });
  }

  const say =
    (status: number, text: string): RequestListener =>
    (_, response) => {
      response.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
    };

  it.each([closed, open])('counts right answers and nothing else: $kind', async (loop) => {
    answer = say(200, '"fine"');
    const report = await load(loop);
    expect(report.failures).toEqual({});
    expect(report.ok).toBeGreaterThan(0);
    expect(report.ok).toBeLessThanOrEqual(report.answered);
    expect(report.answered).toBe(received);
    expect(report.generatorCpuUs).toBeGreaterThan(0);
    expect(report.p50Ms).toBeLessThanOrEqual(report.p99Ms as number);
  });

  it('sends what the open loop is due, whatever becomes of it', async () => {
    answer = say(200, '"fine"');
    expect((await load(open)).answered).toBe(70);
  });

  it.each([
    ['a refusal', say(200, '{"errors":[{"extensions":{"code":"OVERLOADED"}}]}'), 'OVERLOADED'],
    ['another status', say(503, '"fine"'), 'HTTP 503'],
    ['another answer', say(200, '"wrong"'), 'wrong answer'],
    ['a broken connection', (request) => request.socket.destroy(), 'connection broken'],
  ] satisfies [string, RequestListener, string][])('never takes %s for a success', async (_, listener, failure) => {
    answer = listener;
    const report = await load(closed);
    expect(report).toMatchObject({ ok: 0, okPerSecond: 0, inTimePerSecond: 0, p50Ms: null });
    expect(Object.keys(report.failures)).toEqual([failure]);
  });

  it('goes on when the server closes the connection after each answer', async () => {
    answer = (request, response) => {
      response.setHeader('connection', 'close');
      say(200, '"fine"')(request, response);
    };
    expect(await load(closed)).toMatchObject({ failures: {} });
  });

  it('counts from the intended send: a stall shows in every request that was due meanwhile', async () => {
    const stallMs = 200;
    const heldBack: (() => void)[] = [];
    let isStalled = false;
    answer = (request, response) => {
      if (!isStalled) {
        isStalled = true;
        setTimeout(() => {
          for (const release of heldBack.splice(0)) release();
          answer = say(200, '"fine"');
        }, stallMs);
      }
      heldBack.push(() => say(200, '"fine"')(request, response));
    };
    const report = await load({ kind: 'open', ratePerSecond: 200, maxInFlight: 1 }, { warmUpMs: 0, durationMs: 300 });
    // Only one request met the stall; the forty that were due during it waited too, and a generator that forgot them would show 1 in 60.
    expect(report.ok + (report.failures['not sent'] ?? 0)).toBe(60);
    expect(report.p50Ms).toBeGreaterThan(stallMs / 4);
  });
});
