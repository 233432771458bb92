import { anAlert, aStoredPrediction } from '../fakes/fake-services';
import { startTestServer, type TestServer, TestSocket } from './http-harness';

let house: TestServer;
beforeAll(async () => {
  house = await startTestServer();
});
afterAll(() => house.stop());

const codeOf = (payload: unknown) => (payload as { extensions: { code: string } }[])[0]?.extensions.code;
const statsQuery = 'subscription { servingStats { totalRequests } }';

/** Waits, a turn of the event loop at a time, until the server has seen what the client did. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

describe('a subscription', () => {
  it('to serving statistics gives the present ones at once, then new ones', async () => {
    const socket = await TestSocket.ready(house.url);
    socket.subscribe('1', 'subscription ($model: String) { servingStats(model: $model, intervalMs: 100) { totalRequests } }', {
      model: 'digits',
    });
    expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: { data: { servingStats: { totalRequests: 3 } } } });
    house.services.liveStats.latest.set({ ...house.services.liveStats.snapshot({}), totalRequests: 4 });
    expect(await socket.next()).toMatchObject({ payload: { data: { servingStats: { totalRequests: 4 } } } });
    expect(house.services.liveStats.filters).toContainEqual({ model: 'digits' });
    socket.send({ id: '1', type: 'complete' });
    await until(() => house.services.liveStats.latest.watcherCount === 0);
    await socket.close();
  });

  it('to results reads them once for all who watch, and ends when nobody does', async () => {
    const sockets = await Promise.all([TestSocket.ready(house.url), TestSocket.ready(house.url)]);
    const readsBefore = house.services.results.reads;
    for (const socket of sockets) {
      socket.subscribe('1', 'subscription { experimentResults(key: "linear-or-cnn") { units decision { action } } }');
      expect(await socket.next()).toMatchObject({ payload: { data: { experimentResults: { decision: { action: 'KEEP_RUNNING' } } } } });
    }
    expect(house.services.results.reads).toBe(readsBefore + 1);
    expect(house.services.ticks.size).toBe(1);
    for (const tick of house.services.ticks) tick();
    for (const socket of sockets) {
      expect(await socket.next()).toMatchObject({ payload: { data: { experimentResults: { units: readsBefore + 2 } } } });
    }
    for (const socket of sockets) await socket.close();
    await until(() => house.services.ticks.size === 0);
  });

  it('to alerts gives the open ones, then each change', async () => {
    const socket = await TestSocket.ready(house.url);
    socket.subscribe('1', 'subscription { driftAlerts(model: "digits", minSeverity: MEDIUM) { id state } }');
    expect(await socket.next()).toMatchObject({ payload: { data: { driftAlerts: { id: 'alert-1', state: 'FIRING' } } } });
    for (const queue of house.services.drift.alertQueues) queue.push(anAlert({ state: 'RESOLVED' }));
    expect(await socket.next()).toMatchObject({ payload: { data: { driftAlerts: { state: 'RESOLVED' } } } });
    await socket.close();
    await until(() => house.services.drift.alertQueues.size === 0);
  });

  it('to predictions gives them as they are made', async () => {
    const socket = await TestSocket.ready(house.url);
    socket.subscribe('1', 'subscription { predictions(model: "digits") { id label probabilities { label } truth { class } } }');
    await until(() => house.services.predictionFeed.watcherCount === 1);
    const { event } = aStoredPrediction();
    house.services.predictionFeed.succeeded(event);
    expect(await socket.next()).toMatchObject({
      payload: {
        data: {
          predictions: { id: event.id, label: 'two', probabilities: [{ label: 'two' }, { label: 'one' }, { label: 'zero' }], truth: null },
        },
      },
    });
    socket.terminate();
    await until(() => house.services.predictionFeed.watcherCount === 0);
  });

  it.each([
    ['BAD_USER_INPUT', 'servingStats(intervalMs: 99) { totalRequests }'],
    ['BAD_USER_INPUT', 'servingStats(intervalMs: 60001) { totalRequests }'],
    ['MODEL_NOT_FOUND', 'servingStats(model: "x") { totalRequests }'],
    ['BAD_USER_INPUT', 'experimentResults(key: "linear-or-cnn", intervalMs: 1) { units }'],
    ['EXPERIMENT_NOT_FOUND', 'experimentResults(key: "x") { units }'],
    ['MODEL_NOT_FOUND', 'driftAlerts(model: "x") { id }'],
    ['BAD_USER_INPUT', 'predictions(model: "digits", sampleRate: 0) { id }'],
    ['BAD_USER_INPUT', 'predictions(model: "digits", sampleRate: 1.5) { id }'],
    ['GRAPHQL_VALIDATION_FAILED', 'nothing'],
    ['GRAPHQL_VALIDATION_FAILED', `servingStats ${'{a'.repeat(12)}${'}'.repeat(12)}`],
    ['GRAPHQL_PARSE_FAILED', 'servingStats {'],
    ['GRAPHQL_PARSE_FAILED', `servingStats { ${'a '.repeat(2001)} }`],
    ['BAD_REQUEST', `servingStats { totalRequests } #${'x'.repeat(100_000)}\n`],
  ])('that cannot begin is an error %s, and the socket stays open', async (code, field) => {
    const socket = await TestSocket.ready(house.url);
    socket.subscribe('1', statsQuery);
    await socket.next();
    socket.subscribe('2', `subscription { ${field} }`);
    const refused = await socket.next();
    expect([refused.id, refused.type, codeOf(refused.payload)]).toEqual(['2', 'error', code]);
    socket.subscribe('3', '{ serverInfo { name } }');
    expect(await socket.next()).toMatchObject({ id: '3', type: 'next', payload: { data: { serverInfo: { name: 'Touchstone' } } } });
    await socket.close();
  });

  it('with a variable of a wrong type is an error with a code', async () => {
    const socket = await TestSocket.ready(house.url);
    socket.subscribe('1', 'subscription ($ms: Int!) { servingStats(intervalMs: $ms) { totalRequests } }', { ms: 'soon' });
    const refused = await socket.next();
    expect([refused.type, codeOf(refused.payload)]).toEqual(['error', 'BAD_USER_INPUT']);
    await socket.close();
  });
});

describe('queries and mutations over WebSocket', () => {
  it('are masked as over HTTP', async () => {
    house.services.predictor.answer = async () => {
      throw new TypeError('secret of the inside');
    };
    const socket = await TestSocket.ready(house.url);
    socket.subscribe('1', 'mutation { predict(input: { model: "digits", features: {} }) { id } }');
    const { type, payload } = await socket.next();
    expect(type).toBe('next');
    expect(payload).toMatchObject({
      data: null,
      errors: [{ path: ['predict'], extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: 'id-1' } }],
    });
    expect(JSON.stringify(payload)).not.toContain('secret');
    await socket.close();
  });

  it('end when their client is gone', async () => {
    const asked = new Promise<void>((resolve) => {
      house.services.predictor.answer = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    const socket = await TestSocket.ready(house.url);
    socket.subscribe('1', 'mutation { predict(input: { model: "digits", features: {} }) { id } }');
    await asked;
    socket.terminate();
    await until(() => house.services.predictor.callers.at(-1)?.signal?.aborted === true);
  });
});

describe('a socket', () => {
  it('carries at most 100 operations', async () => {
    const socket = await TestSocket.ready(house.url);
    for (let id = 1; id <= 101; id++) socket.subscribe(String(id), statsQuery);
    const messages = await Promise.all(Array.from({ length: 101 }, () => socket.next()));
    const refused = messages.filter((message) => message.type === 'error');
    expect(refused.map(({ id, payload }) => [id, codeOf(payload)])).toEqual([['101', 'BAD_REQUEST']]);
    await socket.close();
  });

  it.each([
    ['4400', 'no JSON', async (socket: TestSocket) => socket.send('{')],
    ['4401', 'an operation before connection_init', async (socket: TestSocket) => socket.subscribe('1', statsQuery)],
    [
      '1009',
      'a message that is too large',
      async (socket: TestSocket) => socket.send({ type: 'ping', payload: { x: 'x'.repeat(300_000) } }),
    ],
    [
      '4429',
      'two connection_init',
      async (socket: TestSocket) => {
        socket.send({ type: 'connection_init' });
        socket.send({ type: 'connection_init' });
      },
    ],
  ])('is closed with %s after %s', async (code, _what, misbehave) => {
    const socket = await TestSocket.open(house.url);
    await misbehave(socket);
    expect(await socket.closed).toBe(Number(code));
  });

  it('answers pings', async () => {
    const socket = await TestSocket.ready(house.url);
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    await socket.close();
  });

  it.each([
    ['http://evil.example', 403],
    ['null', 403],
  ])('is not opened for a page on %s', async (origin, status) => {
    await expect(TestSocket.open(house.url, { origin })).rejects.toThrow(String(status));
  });

  it('is opened for pages of this server and for Apollo Studio', async () => {
    for (const origin of [house.url, 'https://studio.apollographql.com']) await (await TestSocket.open(house.url, { origin })).close();
  });

  it('is not opened elsewhere', async () => {
    await expect(TestSocket.open(`${house.url}/other`)).rejects.toThrow('404');
  });
});
