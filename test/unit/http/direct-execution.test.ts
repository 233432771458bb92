import { buildSchema } from 'graphql';
import type { GraphQLContext } from '../../../src/graphql/context';
import { ErrorMask } from '../../../src/graphql/mask-errors';
import { OperationPreparer } from '../../../src/graphql/prepare-operation';
import { queryLimits } from '../../../src/graphql/query-limits';
import { DirectExecution } from '../../../src/http/direct-execution';
import { FakeLogger } from '../../fakes/fake-logger';

const schema = buildSchema('type Query { hello(n: Int): String } type Subscription { ticks: Int }');
const direct = new DirectExecution({
  schema,
  preparer: new OperationPreparer({ schema, limits: queryLimits, introspection: true, cacheSize: 10 }),
  mask: new ErrorMask({ logger: new FakeLogger(), createErrorId: () => 'id', hideSuggestions: false }),
});
const context: GraphQLContext = { signal: new AbortController().signal, arrivedAtMs: 0, actor: 'test' };

describe('DirectExecution', () => {
  it.each([undefined, '*/*', 'application/json', 'application/json, text/plain, */*'])('answers what accepts %s', async (accept) => {
    expect(await direct.answer({ query: '{ hello }' }, accept, context)).toBe('{"data":{"hello":null}}\n');
  });

  it.each([
    ['a body that is no object', 'query'],
    ['a batch', [{ query: '{ hello }' }]],
    ['no query', { variables: {} }],
    ['a syntax error', { query: '{' }],
    ['an unknown field', { query: '{ nothing }' }],
    ['an unknown operation', { query: 'query A { hello }', operationName: 'B' }],
    ['an empty operation name', { query: '{ hello }', operationName: '' }],
    ['a subscription', { query: 'subscription { ticks }' }],
    ['extensions', { query: '{ hello }', extensions: {} }],
    ['variables as text', { query: '{ hello }', variables: '{}' }],
    ['variables that do not fit', { query: 'query ($n: Int) { hello(n: $n) }', variables: { n: 'x' } }],
  ])('leaves %s to Apollo Server', async (_what, body) => {
    expect(await direct.answer(body, '*/*', context)).toBeNull();
  });

  it('leaves the choice of a media type to Apollo Server', async () => {
    expect(await direct.answer({ query: '{ hello }' }, 'application/graphql-response+json', context)).toBeNull();
  });
});
