import { connect } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import type { CallerSignal } from '../../src/concurrency/caller-signal';
import { AppError } from '../../src/errors';
import { answerOf, firstCode, post, startTestServer, type TestServer } from './http-harness';

let house: TestServer;
beforeAll(async () => {
  house = await startTestServer();
});
afterAll(() => house.stop());

const hello = { query: '{ serverInfo { version } }' };
const image = Buffer.from('an image').toString('base64');
const predict = { query: `mutation { predict(input: { model: "digits", image: "${image}" }) { id } }` };

/** Sends bytes as they are and reads until the server closes or `until` has come. */
function raw(port: number, text: string, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      received += chunk;
      if (until.test(received)) socket.destroy();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

describe('POST /graphql', () => {
  it('answers 200 with data', async () => {
    const { status, body, headers } = await post(house.url, hello);
    expect({ status, body }).toEqual({ status: 200, body: { data: { serverInfo: { version: '0.0.0' } } } });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('reads a body that begins with a byte order mark', async () => {
    expect((await post(house.url, `\ufeff${JSON.stringify(hello)}`)).status).toBe(200);
  });

  it.each(['gzip', 'br', ' GZip'])('refuses a body compressed with %s', async (encoding) => {
    const answer = await post(house.url, hello, { 'content-encoding': encoding });
    expect([answer.status, firstCode(answer)]).toEqual([415, 'BAD_REQUEST']);
    expect(answer.body.errors?.[0]?.message).toContain('Send it uncompressed');
  });

  it('answers in the media type of the GraphQL over HTTP specification when it is asked to', async () => {
    const { headers } = await post(house.url, hello, { accept: 'application/graphql-response+json' });
    expect(headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
  });

  it.each([
    ['not JSON', 400, 'BAD_REQUEST', '{"query": '],
    ['nothing', 400, 'BAD_REQUEST', ''],
    ['an empty object', 400, 'BAD_REQUEST', '{}'],
    ['a list', 400, 'BAD_REQUEST', '[]'],
    ['no query', 400, 'BAD_REQUEST', '{"query": ""}'],
    ['variables as text', 400, 'BAD_REQUEST', '{"query": "{ models { name } }", "variables": "{}"}'],
    ['a body like a tower', 400, 'BAD_REQUEST', `{"query": "{ __typename }", "variables": {"a": ${'['.repeat(70)}${']'.repeat(70)}}}`],
    ['a syntax error', 400, 'GRAPHQL_PARSE_FAILED', '{"query": "{"}'],
    ['an unknown field', 400, 'GRAPHQL_VALIDATION_FAILED', '{"query": "{ nothing }"}'],
    ['an unknown operation', 400, 'OPERATION_RESOLUTION_FAILURE', '{"query": "query A { models { name } }", "operationName": "B"}'],
    [
      'a variable of a wrong type',
      400,
      'BAD_USER_INPUT',
      '{"query": "query ($n: String!) { model(name: $n) { name } }", "variables": {"n": 1}}',
    ],
    ['a subscription', 400, 'BAD_REQUEST', '{"query": "subscription { servingStats { totalRequests } }"}'],
  ])('answers %s with %d %s and a sentence', async (_what, status, code, body) => {
    const answer = await post(house.url, body);
    expect([answer.status, firstCode(answer)]).toEqual([status, code]);
    expect(answer.body.errors?.[0]?.message).toMatch(/\w+ \w+/);
    expect(JSON.stringify(answer.body)).not.toMatch(/stacktrace|node_modules/);
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json; charset=utf-16', 415],
    ['application/json; charset="UTF-8"', 200],
  ])('answers content type %s with %d', async (contentType, status) => {
    expect((await post(house.url, hello, { 'content-type': contentType })).status).toBe(status);
  });

  it('answers 406 when the client accepts nothing that it has', async () => {
    expect((await post(house.url, hello, { accept: 'image/png' })).status).toBe(406);
  });

  it('refuses a body that is too large with 413, declared or not', async () => {
    const large = { ...hello, variables: { x: 'x'.repeat(100_001) } };
    const declared = await post(house.url, large);
    expect([declared.status, firstCode(declared)]).toEqual([413, 'BAD_REQUEST']);
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(Buffer.from(JSON.stringify(large)));
        controller.close();
      },
    });
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    };
    expect((await fetch(`${house.url}/graphql`, init)).status).toBe(413);
  });

  it.each([
    ['tokens', `{ ${'a '.repeat(2001)} }`, 'GRAPHQL_PARSE_FAILED'],
    ['levels', `{${'a{'.repeat(12)}a${'}'.repeat(12)}}`, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'predicting fields',
      `mutation {${Array.from({ length: 11 }, (_, i) => `a${i}: predict(input: { model: "digits" }) { id }`).join(' ')}}`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('refuses a query of too many %s', async (_what, query, code) => {
    const answer = await post(house.url, { query });
    expect([answer.status, firstCode(answer)]).toEqual([400, code]);
  });

  it('refuses a query text of more than 100 kB', async () => {
    const spacious = await startTestServer({ maxBodyBytes: 1_000_000 });
    const answer = await post(spacious.url, { query: `{ models { name } } #${'x'.repeat(100_000)}` });
    await spacious.stop();
    expect([answer.status, firstCode(answer)]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.body.errors?.[0]?.message).toContain('variables');
  });

  it('ends validation after ten errors', async () => {
    const { body } = await post(house.url, { query: `{ ${Array.from({ length: 25 }, (_, i) => `a${i}`).join(' ')} }` });
    expect(body.errors?.length).toBeLessThanOrEqual(11);
  });

  it("lets GraphiQL's introspection query pass", async () => {
    const query = getIntrospectionQuery({ descriptions: true, schemaDescription: true, inputValueDeprecation: true });
    expect((await post(house.url, { query })).body.errors).toBeUndefined();
  });

  it('hides the schema where introspection is off', async () => {
    const closed = await startTestServer({ introspection: false });
    expect((await post(closed.url, { query: '{ __schema { types { name } } }' })).status).toBe(400);
    const { body } = await post(closed.url, { query: '{ model }' });
    await closed.stop();
    expect(JSON.stringify(body)).not.toContain('Did you mean');
  });
});

describe('errors while executing', () => {
  afterEach(() => {
    house.services.predictor.answer = async () => Promise.reject(new AppError('OVERLOADED', 'unused'));
  });

  it('carry their code and facts', async () => {
    house.services.predictor.answer = async () => {
      throw new AppError('OVERLOADED', 'The queue is full.', { details: { retryAfterMs: 20 } });
    };
    const { status, body } = await post(house.url, predict);
    expect(status).toBe(200);
    expect(body.errors?.[0]).toMatchObject({ message: 'The queue is full.', extensions: { code: 'OVERLOADED', retryAfterMs: 20 } });
  });

  it('tell nothing of the inside', async () => {
    house.services.predictor.answer = async () => {
      throw new TypeError('secret of the inside');
    };
    const { body } = await post(house.url, predict);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', errorId: 'id-1' });
    expect(house.services.logger.lines).toContainEqual(
      expect.objectContaining({ event: 'graphql_fault', facts: expect.objectContaining({ errorId: 'id-1' }) }),
    );
  });
});

describe('a client that goes away', () => {
  it('takes its prediction along', async () => {
    const asked = new Promise<CallerSignal | undefined>((resolve) => {
      house.services.predictor.answer = () => {
        resolve(house.services.predictor.callers.at(-1)?.signal);
        return new Promise(() => {});
      };
    });
    const leave = new AbortController();
    const request = fetch(`${house.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(predict),
      signal: leave.signal,
    });
    const signal = await asked;
    expect(signal?.aborted).toBe(false);
    const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', resolve));
    leave.abort();
    await expect(request).rejects.toThrow();
    await aborted;
  });
});

describe('GET /graphql', () => {
  const get = (query: string, headers: Record<string, string> = {}) => fetch(`${house.url}/graphql${query}`, { headers });
  const preflight = { 'apollo-require-preflight': 'true' };

  it('answers queries', async () => {
    const response = await get(
      `?query=${encodeURIComponent('query ($n: String!) { model(name: $n) { name } }')}&variables=${encodeURIComponent('{"n":"digits"}')}`,
      preflight,
    );
    expect((await answerOf(response)).body.data).toEqual({ model: { name: 'digits' } });
  });

  it('refuses what would take long to validate, as POST does', async () => {
    const query = `{ ${'models { versions { version version version } } '.repeat(80)} }`;
    const answers = [await answerOf(await get(`?query=${encodeURIComponent(query)}`, preflight)), await post(house.url, { query })];
    for (const answer of answers) {
      expect([answer.status, firstCode(answer)]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
      expect(answer.body.errors?.[0]?.message).toContain('Ask for each field once');
    }
  });

  it('never runs a mutation: 405 with Allow', async () => {
    const response = await get(`?query=${encodeURIComponent(predict.query)}`, preflight);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('refuses what another web site could send', async () => {
    const response = await get('?query={models{name}}');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('CSRF');
  });

  it.each([
    ['DELETE', {}],
    ['HEAD', {}],
    ['PUT', preflight],
    ['PATCH', { 'content-type': 'application/json' }],
  ])('refuses %s with 405 and Allow, whatever its headers', async (method, headers) => {
    const response = await fetch(`${house.url}/graphql`, { method, headers });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it.each(['//?query=x', '//', '/graphql/..//?', '/%', '/graphql?query=%'])('answers the address %s', async (path) => {
    const text = await raw(house.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, /\r\n\r\n.*}/s);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('observation', () => {
  it('tells of each request under a bounded name', async () => {
    house.requests.length = 0;
    await post(house.url, hello);
    await (await fetch(`${house.url}/no-such-page-${Date.now()}`)).text();
    while (house.requests.length < 2) await new Promise(setImmediate);
    expect(house.requests).toMatchObject([
      { method: 'POST', route: 'graphql', status: 200, clientAddress: '127.0.0.1' },
      { method: 'GET', route: 'unknown', status: 404 },
    ]);
  });
});
