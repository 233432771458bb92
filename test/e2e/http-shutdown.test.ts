import { connect } from 'node:net';
import { aPrediction } from '../fakes/fake-services';
import { eventually } from '../integration/eventually';
import { dealtDoor } from './dealt-door';
import { post, startTestServer, TestSocket } from './http-harness';

const predict = { query: 'mutation { predict(input: { model: "digits", features: {} }) { id } }' };

describe('listening', () => {
  it('on a port that is in use ends with a sentence', async () => {
    const first = await startTestServer();
    await expect(startTestServer({ port: first.port })).rejects.toThrow(`Port ${first.port} on 127.0.0.1 is in use. Set PORT`);
    await first.stop();
  });

  it('on an address of another machine ends with a sentence', async () => {
    await expect(startTestServer({ host: '192.0.2.1' })).rejects.toThrow('This machine has no address 192.0.2.1');
  });
});

describe.each([
  { way: 'listens itself', doorOf: async () => null },
  { way: 'is dealt its connections', doorOf: dealtDoor },
])('stopping a server that $way', ({ doorOf }) => {
  const start = async (more: Parameters<typeof startTestServer>[0] = {}) => startTestServer({ door: await doorOf(), ...more });

  it('answers what is under way, sends subscribers elsewhere, and takes nothing new', async () => {
    const house = await start();
    const socket = await TestSocket.ready(house.url);
    socket.subscribe('1', 'subscription { servingStats { totalRequests } }');
    await socket.next();
    let finish = () => {};
    const asked = new Promise<void>((resolve) => {
      house.services.predictor.answer = () => {
        resolve();
        return new Promise((answer) => {
          finish = () => answer(aPrediction());
        });
      };
    });
    const answer = post(house.url, predict);
    await asked;
    const stopped = house.stop();
    expect(await socket.closed).toBe(1001);
    await expect(fetch(`${house.url}/livez`)).rejects.toThrow();
    finish();
    expect((await answer).body.data).toEqual({ predict: { id: aPrediction().id } });
    await stopped;
    expect(house.services.liveStats.latest.watcherCount).toBe(0);
  });

  it('is announced: while load balancers take notice, /readyz is 503 and connections end', async () => {
    const house = await start({ shutdown: { drainDelayMs: 200, idleGraceMs: 100, hardLimitMs: 2_000 } });
    const stopped = house.stop();
    const response = await fetch(`${house.url}/readyz`);
    expect([response.status, response.headers.get('connection')]).toEqual([503, 'close']);
    expect(await response.json()).toEqual({ status: 'draining', missing: [] });
    expect((await post(house.url, { query: '{ serverInfo { name } }' })).status).toBe(200);
    await expect(TestSocket.open(house.url)).rejects.toThrow('503');
    await stopped;
  });

  it('does not wait for clients that have gone without a word', async () => {
    const house = await start();
    const dead = await TestSocket.ready(house.url);
    dead.playDead();
    const halfRequest = connect(house.port, '127.0.0.1');
    await new Promise<void>((resolve) =>
      halfRequest.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{', () =>
        resolve(),
      ),
    );
    const silent = connect(house.port, '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    for (const socket of [halfRequest, silent]) socket.on('error', () => {});
    // The limit of the test runner, 5 s, is the assertion: each of the three alone could hold the server for 15 s and more.
    await house.stop();
    for (const socket of [halfRequest, silent]) socket.destroy();
    dead.terminate();
  });

  it('forgets the requests of a client that has gone, also those that stood behind another', async () => {
    const house = await start();
    const asked = new Promise<void>((resolve) => {
      house.services.predictor.answer = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    const client = connect(house.port, '127.0.0.1');
    client.on('error', () => {});
    const body = JSON.stringify(predict);
    const first = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    client.write(first + 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(10));
    await asked;
    client.resetAndDestroy();
    // Each is told of when it is over; node itself ends the first only.
    expect(await eventually('all to be over', () => (house.requests.length === 11 ? house.requests.length : null))).toBe(11);
    await house.stop();
  });

  it('twice is once', async () => {
    const house = await start();
    await Promise.all([house.stop(), house.server.stop()]);
  });
});
