import { AppError } from '../../src/errors';
import { startTestServer, type TestServer } from './http-harness';

let house: TestServer;
beforeAll(async () => {
  house = await startTestServer();
});
afterAll(() => house.stop());

/** Text and head as they come. A parameter in `accept` is what only Apollo Server's negotiation understands. */
async function answer(request: unknown, accept: string) {
  const response = await fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(request),
  });
  const { date: _, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, text: await response.text() };
}

/** What is asked again and again is compiled. */
async function answerToTheSixth(request: unknown) {
  for (let i = 0; i < 5; i++) await answer(request, '*/*');
  return answer(request, '*/*');
}

const viaApollo = 'application/json; charset=utf-8';
const image = Buffer.from('an image').toString('base64');
const predictQuery = `mutation { predict(input: { model: "digits", image: "${image}" }) { id timing { totalMs } probabilities { label } } }`;

const batchQuery = `mutation ($items: [PredictInput!]!) { predictBatch(input: { items: $items }) {
  results { __typename ... on Prediction { id label timing { totalMs } } ... on PredictionFailure { index code message } } } }`;
const generousQuery = `query ($id: ID!, $first: Int = 2, $status: ExperimentStatus = RUNNING) {
  prediction(id: $id) { id } experiments(first: $first, filter: { status: $status }) { edges { node { key variants { key weight } } } } }`;

describe('what is executed directly', () => {
  it.each([
    ['a query', { query: '{ serverInfo { version } models { name versions { version state } } }' }],
    ['the empty variables of a generous client', { query: '{ __typename }', variables: {}, operationName: null, extensions: null }],
    ['an operation by name', { query: 'query A { a: __typename } query B { b: __typename }', operationName: 'B' }],
    ['a mutation', { query: predictQuery }],
    ['introspection', { query: '{ __schema { queryType { name fields { name description } } } }' }],
    [
      'fragments and directives',
      {
        query: 'query ($no: Boolean!) { ...T serverInfo @skip(if: $no) { version } } fragment T on Query { __typename }',
        variables: { no: true },
      },
    ],
    ['a field that fails', { query: '{ models { name } model(name: "nobody") { name } }' }],
    ['variables that do not fit', { query: 'query ($n: String!) { model(name: $n) { name } }', variables: { n: 1 } }],
    ['a missing variable', { query: 'query ($n: String!) { model(name: $n) { name } }' }],
    ['an argument that does not fit', { query: '{ model(name: 1) { name } }' }],
    ['several operations and no name', { query: 'query A { __typename } query B { __typename }' }],
    ['a name of none', { query: 'query A { __typename }', operationName: 'C' }],
    ['an empty name', { query: 'query A { __typename }', operationName: '' }],
    ['a union, with a row that fails', { query: batchQuery, variables: { items: [{ model: 'digits', image }, { model: 'digits' }] } }],
    ['defaults, a list of one, an id that is a number and what nobody asked for', { query: generousQuery, variables: { id: 5, extra: 1 } }],
    ['null where a default stands', { query: generousQuery, variables: { id: 'x', first: null, status: null } }],
    ['an enum that does not exist', { query: generousQuery, variables: { id: 'x', status: 'ASLEEP' } }],
    ['a number that is none', { query: generousQuery, variables: { id: 'x', first: '3' } }],
    ['a field of an input that does not exist', { query: batchQuery, variables: { items: [{ model: 'digits', colour: 'red' }] } }],
    [
      'aliases, also of nasty names',
      { query: '{ a: serverInfo { v: version } __proto__: serverInfo { version } constructor: __typename }' },
    ],
    ['fields that are asked for twice', { query: '{ serverInfo { version } ...T } fragment T on Query { serverInfo { name version } }' }],
    ['a page that is too large', { query: '{ experiments(first: 1000) { edges { node { key } } } }' }],
    ['a subscription', { query: 'subscription { servingStats { totalRequests } }' }],
    ['a persisted query', { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }],
    ['variables that are a list', { query: '{ __typename }', variables: [] }],
  ])('is answered as Apollo Server answers: %s', async (_what, request) => {
    const apollo = await answer(request, viaApollo);
    expect(await answer(request, '*/*')).toEqual(apollo);
    expect(await answerToTheSixth(request)).toEqual(apollo);
  });

  it('has the errors of resolvers as Apollo Server has them', async () => {
    const { answer: usual } = house.services.predictor;
    house.services.predictor.answer = async () => {
      throw new AppError('OVERLOADED', 'The server is busy.', { details: { retryAfterMs: 12 } });
    };
    const apollo = await answer({ query: predictQuery }, viaApollo);
    const direct = await answer({ query: predictQuery }, '*/*');
    expect(direct).toEqual(apollo);
    expect(await answerToTheSixth({ query: predictQuery })).toEqual(apollo);
    house.services.predictor.answer = usual;
    expect(JSON.parse(direct.text).errors[0].extensions).toEqual({ code: 'OVERLOADED', retryAfterMs: 12 });
  });

  it('masks what goes wrong inside as Apollo Server has it masked', async () => {
    const { answer: usual } = house.services.predictor;
    house.services.predictor.answer = async () => {
      throw new TypeError('a mistake of ours');
    };
    const known = /"errorId":"[^"]+"|error id [^"]+\./g;
    const apollo = (await answer({ query: predictQuery }, viaApollo)).text.replace(known, '');
    expect((await answerToTheSixth({ query: predictQuery })).text.replace(known, '')).toBe(apollo);
    house.services.predictor.answer = async () => null as never;
    const nothing = (await answer({ query: predictQuery }, viaApollo)).text.replace(known, '');
    expect((await answerToTheSixth({ query: predictQuery })).text.replace(known, '')).toBe(nothing);
    house.services.predictor.answer = usual;
    expect(apollo).toContain('INTERNAL_SERVER_ERROR');
  });

  it('executes a mutation once', async () => {
    const before = house.services.predictor.commands.length;
    await answerToTheSixth({ query: predictQuery });
    expect(house.services.predictor.commands.length).toBe(before + 6);
  });
});
