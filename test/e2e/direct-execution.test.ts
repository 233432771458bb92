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

const viaApollo = 'application/json; charset=utf-8';
const image = Buffer.from('an image').toString('base64');
const predictQuery = `mutation { predict(input: { model: "digits", image: "${image}" }) { id timing { totalMs } probabilities { label } } }`;

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
    ['a subscription', { query: 'subscription { servingStats { totalRequests } }' }],
    ['a persisted query', { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }],
    ['variables that are a list', { query: '{ __typename }', variables: [] }],
  ])('is answered as Apollo Server answers: %s', async (_what, request) => {
    const direct = await answer(request, '*/*');
    expect(direct).toEqual(await answer(request, viaApollo));
  });

  it('has the errors of resolvers as Apollo Server has them', async () => {
    const { answer: usual } = house.services.predictor;
    house.services.predictor.answer = async () => {
      throw new AppError('OVERLOADED', 'The server is busy.', { details: { retryAfterMs: 12 } });
    };
    const direct = await answer({ query: predictQuery }, '*/*');
    expect(direct).toEqual(await answer({ query: predictQuery }, viaApollo));
    house.services.predictor.answer = usual;
    expect(JSON.parse(direct.text).errors[0].extensions).toEqual({ code: 'OVERLOADED', retryAfterMs: 12 });
  });

  it('executes a mutation once', async () => {
    const before = house.services.predictor.commands.length;
    await answer({ query: predictQuery }, '*/*');
    expect(house.services.predictor.commands.length).toBe(before + 1);
  });
});
