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
    ['operations that are no JSON', { operations: '{' }],
    ['a map that is no JSON', { map: '{' }],
    ['a map to a path that is not there', { map: '{"0": ["variables.x.y"]}' }],
    ['a map to a forbidden path', { map: '{"0": ["__proto__.polluted"]}' }],
  ])('with %s is refused', async (_what, wrong) => {
    const answer = await send(aForm({ ...oneFile('an image'), ...wrong }));
    expect([answer.status, firstCode(answer)]).toEqual([400, 'BAD_REQUEST']);
  });

  it('without its file is a sentence', async () => {
    const answer = await send(aForm({ ...oneFile(''), files: [] }));
    expect(firstCode(answer)).toBe('INVALID_INPUT');
  });

  it.each([
    ['is larger than a body may be', { files: [['0', 'x'.repeat(100_001)]] as const }],
    ['has too many files', { map: '{"0":[],"1":[],"2":[],"3":[],"4":[]}' }],
  ])('that %s is refused with 413', async (_what, wrong) => {
    expect((await send(aForm({ ...oneFile('x'), ...wrong }))).status).toBe(413);
  });

  it('that no operation reads does not hold the connection', async () => {
    const form = aForm({ ...oneFile('x'.repeat(90_000)), operations: JSON.stringify({ query: '{ nothing }', variables: { file: null } }) });
    const answer = await send(form);
    expect([answer.status, firstCode(answer)]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect((await send(aForm(oneFile('an image')))).status).toBe(200);
  });
});
