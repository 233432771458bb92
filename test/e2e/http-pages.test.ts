import { request } from 'node:http';
import { startTestServer, type TestServer } from './http-harness';

let house: TestServer;
beforeAll(async () => {
  house = await startTestServer();
});
afterAll(() => house.stop());

/** With the path as it is written: fetch would tidy it up. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    request({ port: house.port, host: '127.0.0.1', path, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the pages', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/index.html', 'text/html; charset=utf-8'],
    ['/app.js', 'text/javascript; charset=utf-8'],
    ['/app.js?v=1', 'text/javascript; charset=utf-8'],
    ['/graphiql/graphiql.min.css', 'text/css; charset=utf-8'],
    ['/graphiql/graphiql.min.js', 'text/javascript; charset=utf-8'],
    ['/graphiql/react.production.min.js', 'text/javascript; charset=utf-8'],
    ['/graphiql/react-dom.production.min.js', 'text/javascript; charset=utf-8'],
    ['/graphiql/graphql-ws.min.js', 'text/javascript; charset=utf-8'],
  ])('%s is %s, and nothing may be loaded from elsewhere', async (path, contentType) => {
    const { status, headers } = await get(path);
    expect([status, headers['content-type']]).toEqual([200, contentType]);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('are sent again only when they changed', async () => {
    const { headers } = await get('/app.js');
    expect(headers['cache-control']).toBe('no-cache');
    const again = await get('/app.js', { 'if-none-match': String(headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await get('/app.js', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('answer HEAD without a body', async () => {
    expect(await get('/app.js', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
  });

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/graphiql/../../package.json',
    '//etc/passwd',
    '/.',
    '/\\..\\x',
    '/nothing',
  ])('do not lead out of their directory: %s', async (path) => {
    const { status, headers, text } = await get(path);
    expect([status, headers['content-type']]).toEqual([404, 'application/json; charset=utf-8']);
    expect(JSON.parse(text).errors[0].extensions.code).toBe('BAD_REQUEST');
  });

  it('refuse other methods', async () => {
    expect(await get('/', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

describe('the page in web/public', () => {
  let ours: TestServer;
  beforeAll(async () => {
    ours = await startTestServer({ staticDir: 'web/public' });
  });
  afterAll(() => ours.stop());

  it('has GraphiQL, with nothing from another host', async () => {
    const page = await (await fetch(`${ours.url}/graphiql`)).text();
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    const statuses = await Promise.all(sources.map(async (source) => [source, (await fetch(ours.url + source)).status]));
    expect(sources.length).toBeGreaterThan(5);
    expect(statuses.filter(([, status]) => status !== 200)).toEqual([]);
  });

  it.each([
    ['/favicon.svg', 'image/svg+xml'],
    ['/favicon.ico', 'image/x-icon'],
  ])('has %s, which browsers ask for', async (path, contentType) => {
    const { status, headers } = await fetch(ours.url + path);
    expect([status, headers.get('content-type')]).toEqual([200, contentType]);
  });
});

describe('health', () => {
  it.each([
    ['/livez', { status: 'ok' }],
    ['/readyz', { status: 'ok', missing: [] }],
    ['/health', { status: 'healthy', stats: {} }],
  ])('%s answers', async (path, body) => {
    const { status, text, headers } = await get(path);
    expect([status, JSON.parse(text), headers['cache-control']]).toEqual([200, body, 'no-store']);
  });

  it('/readyz is 503 when the app says so', async () => {
    const body = { status: 'unavailable', missing: ['journal'] };
    const full = await startTestServer({ readiness: async () => ({ status: 503, body }) });
    const response = await fetch(`${full.url}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, body]);
    await full.stop();
  });

  it('answers 500 without details when the app fails', async () => {
    const broken = await startTestServer({ health: () => Promise.reject(new Error('secret')) });
    const response = await fetch(`${broken.url}/health`);
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('secret')]);
    await broken.stop();
  });
});
