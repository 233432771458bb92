import { answerOf, firstCode, startTestServer, type TestServer } from './http-harness';

let house: TestServer;
beforeAll(async () => {
  house = await startTestServer();
});
afterAll(() => house.stop());

const one = 'mutation ($file: Upload!) { predict(input: { model: "digits", imageFile: $file }) { id } }';
const batch = `mutation ($items: [PredictInput!]!) { predictBatch(input: { items: $items }) {
  results { __typename ... on PredictionFailure { code } } } }`;

interface Form {
  readonly operations: string;
  readonly map: string;
  readonly files: readonly (readonly [name: string, content: string])[];
}

function aForm({ operations, map, files }: Form): FormData {
  const form = new FormData();
  form.append('operations', operations);
  form.append('map', map);
  for (const [name, content] of files) form.append(name, new Blob([content]), `${name}.png`);
  return form;
}

const oneFile = (content: string): Form => ({
  operations: JSON.stringify({ query: one, variables: { file: null } }),
  map: '{"0": ["variables.file"]}',
  files: [['0', content]],
});

const send = async (form: FormData, headers: Record<string, string> = { 'apollo-require-preflight': 'true' }) =>
  answerOf(await fetch(`${house.url}/graphql`, { method: 'POST', headers, body: form }));

describe('an upload', () => {
  beforeEach(() => {
    house.services.predictor.commands.length = 0;
  });

  it('brings its file to the model', async () => {
    const { status, body } = await send(aForm(oneFile('an image')));
    expect([status, body.errors]).toEqual([200, undefined]);
    expect(house.services.predictor.commands[0]?.input).toEqual({ kind: 'image', bytes: Buffer.from('an image') });
  });

  it('may bring many files, whatever their order', async () => {
    const items = [0, 1, 2].map(() => ({ model: 'digits', imageFile: null }));
    const form = aForm({
      operations: JSON.stringify({ query: batch, variables: { items } }),
      map: '{"a": ["variables.items.2.imageFile"], "b": ["variables.items.0.imageFile"], "c": ["variables.items.1.imageFile"]}',
      files: [
        ['a', 'two'],
        ['b', 'zero'],
        ['c', 'x'.repeat(1001)],
      ],
    });
    const { body } = await send(form);
    expect(body.data).toMatchObject({
      predictBatch: {
        results: [{ __typename: 'Prediction' }, { __typename: 'PredictionFailure', code: 'IMAGE_TOO_LARGE' }, { __typename: 'Prediction' }],
      },
    });
    const sent = house.services.predictor.commands.map(({ input }) => (input.kind === 'image' ? String(input.bytes) : ''));
    expect(sent).toEqual(['zero', 'two']);
  });

  it('without the preflight header is refused', async () => {
    const answer = await send(aForm(oneFile('an image')), {});
    expect([answer.status, firstCode(answer)]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.body.errors?.[0]?.message).toContain('Apollo-Require-Preflight');
  });

  it.each([
    ['operations that are no JSON', { operations: '{' }, 'The field operations is not valid JSON'],
    ['operations that are no object', { operations: '"x"' }, /operations .*(JSON|object)/],
    ['a map that is no JSON', { map: '{' }, 'The field map is not valid JSON'],
    ['a map that is no object', { map: '["variables.file"]' }, 'map must be an object of lists of paths'],
    ['a map without a list', { map: '{"0": "variables.file"}' }, 'map must be an object of lists of paths'],
    ['a map to a path that is not there', { map: '{"0": ["variables.x.y"]}' }, 'map puts a file at "variables.x.y"'],
    ['a map to a forbidden path', { map: '{"0": ["__proto__.polluted"]}' }, 'map puts a file at "__proto__.polluted"'],
    ['a map beside the variables', { map: '{"0": ["file"]}' }, 'Its paths start with variables'],
    ['a map to another variable', { map: '{"0": ["variables.fil"]}' }, 'the query has no variable $fil.'],
    ['operations without variables', { operations: JSON.stringify({ query: one }) }, 'map puts a file at "variables.file"'],
  ])('with %s is refused, and told what to change', async (_what, wrong, sentence) => {
    const answer = await send(aForm({ ...oneFile('an image'), ...wrong }));
    expect([answer.status, firstCode(answer)]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.body.errors?.[0]?.message).toMatch(sentence);
  });

  const { operations, map } = oneFile('');
  const picture = new Blob(['an image']);
  it.each([
    ['a map', [['operations', operations]], 'The form has no field map'],
    [
      'a map before its file',
      [
        ['operations', operations],
        ['0', picture],
      ],
      'map is missing',
    ],
    [
      'operations',
      [
        ['map', map],
        ['0', picture],
      ],
      'operations is missing',
    ],
    ['anything', [], 'The form'],
  ] as const)('without %s is refused, and told the order', async (_what, parts, sentence) => {
    const form = new FormData();
    for (const [name, value] of parts) form.append(name, value);
    const answer = await send(form);
    expect([answer.status, firstCode(answer)]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.body.errors?.[0]?.message).toContain(sentence);
  });

  it('whose content-type has no boundary is refused, and told whose header that is', async () => {
    const headers = { 'apollo-require-preflight': 'true', 'content-type': 'multipart/form-data' };
    const answer = await answerOf(await fetch(`${house.url}/graphql`, { method: 'POST', headers, body: 'x' }));
    expect([answer.status, answer.body.errors?.[0]?.message]).toEqual([400, expect.stringContaining('boundary')]);
  });

  it.each([
    ['without its file', { files: [] }],
    ['whose file has another name than in map', { files: [['file', 'an image']] as const }],
  ])('%s is told where the file belongs', async (_what, wrong) => {
    const answer = await send(aForm({ ...oneFile(''), ...wrong }));
    expect([firstCode(answer), answer.body.errors?.[0]?.message]).toEqual([
      'INVALID_INPUT',
      expect.stringContaining('carries no file for imageFile'),
    ]);
  });

  it.each([
    ['is larger than a body may be', { files: [['0', 'x'.repeat(100_001)]] as const }],
    ['has too many files', { map: '{"0":[],"1":[],"2":[],"3":[],"4":[]}' }],
  ])('that %s is refused with 413', async (_what, wrong) => {
    expect((await send(aForm({ ...oneFile('x'), ...wrong }))).status).toBe(413);
  });

  it('that grows too large while it is read is refused with 413, too', async () => {
    const form = new Response(aForm({ ...oneFile('x'), files: [['0', 'x'.repeat(100_001)]] }));
    const headers = { 'content-type': form.headers.get('content-type') ?? '', 'apollo-require-preflight': 'true' };
    const bytes = new Uint8Array(await form.arrayBuffer());
    const body = new ReadableStream({
      start: (controller) => {
        // The operation begins with what came first.
        controller.enqueue(bytes.subarray(0, 50_000));
        setImmediate(() => {
          controller.enqueue(bytes.subarray(50_000));
          controller.close();
        });
      },
    });
    const answer = await answerOf(await fetch(`${house.url}/graphql`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit));
    expect([answer.status, firstCode(answer)]).toEqual([413, 'BAD_REQUEST']);
  });

  it('that no operation reads does not hold the connection', async () => {
    const form = aForm({
      ...oneFile('x'.repeat(90_000)),
      operations: JSON.stringify({ query: 'query ($file: Upload) { nothing }', variables: { file: null } }),
    });
    const answer = await send(form);
    expect([answer.status, firstCode(answer)]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect((await send(aForm(oneFile('an image')))).status).toBe(200);
  });
});
