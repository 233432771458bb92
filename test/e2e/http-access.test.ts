import { request } from 'node:http';
import { firstCode, post, startTestServer, type TestServer, TestSocket } from './http-harness';

const adminApiKey = 'a-key-of-enough-length';
const hello = { query: '{ serverInfo { version } }' };

let open: TestServer;
let locked: TestServer;
beforeAll(async () => {
  open = await startTestServer();
  locked = await startTestServer({ adminApiKey, corsOrigins: ['https://app.example.com'], staticDir: 'web/public' });
});
afterAll(() => Promise.all([open.stop(), locked.stop()]));

/** With headers that fetch does not let one set. */
function statusOf(port: number, headers: Record<string, string>): Promise<number | undefined> {
  const body = JSON.stringify(hello);
  return new Promise((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(body);
  });
}

describe('with an API key', () => {
  it.each([
    ['none', {}, 401],
    ['a wrong one', { authorization: 'Bearer another-key-of-some-length' }, 401],
    ['a part of it', { authorization: `Bearer ${adminApiKey.slice(0, -1)}` }, 401],
    ['the right one', { authorization: `Bearer ${adminApiKey}` }, 200],
    ['the right one, through a proxy', { authorization: `Bearer ${adminApiKey}`, 'x-forwarded-for': '1.2.3.4' }, 200],
  ])('a request with %s is answered', async (_what, headers, status) => {
    const answer = await post(locked.url, hello, headers);
    expect(answer.status).toBe(status);
    if (status === 401) {
      expect(firstCode(answer)).toBe('UNAUTHENTICATED');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it.each([
    ['connection_init with Bearer', { authorization: `Bearer ${adminApiKey}` }],
    ['connection_init with the bare key', { authorization: adminApiKey }],
  ])('a WebSocket is let in by %s', async (_what, payload) => {
    await (await TestSocket.ready(locked.url, payload)).close();
  });

  it.each([[undefined], [{}], [{ authorization: 'wrong' }], [{ authorization: 7 }]])(
    'a WebSocket with %j is closed with 4401',
    async (payload) => {
      const socket = await TestSocket.open(locked.url);
      socket.send({ type: 'connection_init', payload });
      expect(await socket.closed).toBe(4401);
    },
  );

  it.each(['/', '/graphiql', '/livez', '/readyz', '/health'])('%s needs none', async (path) => {
    const response = await fetch(`${locked.url}${path}`);
    await response.arrayBuffer();
    expect(response.status).toBe(200);
  });
});

describe('without an API key', () => {
  it.each([
    [{}, 200],
    [{ host: 'localhost:4000' }, 200],
    [{ host: '[::1]:4000' }, 200],
    [{ host: 'evil.example' }, 401],
    [{ host: 'localhost.evil.example' }, 401],
    [{ host: '127.0.0.1.evil.example' }, 401],
    [{ forwarded: 'for=1.2.3.4' }, 401],
    [{ 'x-forwarded-for': '1.2.3.4' }, 401],
    [{ 'x-real-ip': '1.2.3.4' }, 401],
  ])('a request with %j is answered with %d', async (headers, status) => {
    expect(await statusOf(open.port, headers)).toBe(status);
  });

  it('a WebSocket through a proxy is closed with 4401', async () => {
    const socket = await TestSocket.open(open.url, { 'x-forwarded-for': '1.2.3.4' });
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toBe(4401);
  });
});

describe('browsers on other origins', () => {
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/graphql`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });

  it.each([
    ['open', 'https://studio.apollographql.com', true],
    ['open', 'https://app.example.com', false],
    ['locked', 'https://app.example.com', true],
    ['locked', 'https://studio.apollographql.com', false],
    ['locked', 'https://app.example.com.evil.example', false],
    ['locked', 'null', false],
  ])('on the %s server: %s may call: %s', async (which, origin, mayCall) => {
    const { url } = which === 'open' ? open : locked;
    const response = await preflight(url, origin);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(mayCall ? origin : null);
    expect(response.headers.get('access-control-allow-methods')).toBe(mayCall ? 'GET, POST, OPTIONS' : null);
    expect(response.headers.get('vary')).toBe('Origin');
  });

  it('may read answers, also refusals', async () => {
    const answer = await post(locked.url, hello, { origin: 'https://app.example.com' });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, 'https://app.example.com']);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('may be pages of this server', async () => {
    expect((await preflight(open.url, open.url)).headers.get('access-control-allow-origin')).toBe(open.url);
  });
});

describe('behind a proxy', () => {
  it.each([
    [true, '5.6.7.8'],
    [false, '127.0.0.1'],
  ])('that is trusted: %s, the client is %s', async (trustProxy, address) => {
    const house = await startTestServer({ adminApiKey, trustProxy });
    await post(house.url, hello, { authorization: `Bearer ${adminApiKey}`, 'x-forwarded-for': '1.2.3.4, 5.6.7.8' });
    await house.stop();
    expect(house.requests.map((facts) => facts.clientAddress)).toEqual([address]);
  });
});
