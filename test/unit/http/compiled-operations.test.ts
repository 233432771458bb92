import { buildSchema, getOperationAST, parse } from 'graphql';
import { CompiledOperations } from '../../../src/http/compiled-operations';

const schema = buildSchema('type Query { name: String greet(whom: String = "you"): String }');
Object.assign(schema.getQueryType()?.getFields().greet ?? {}, {
  resolve: (_: unknown, { whom }: { readonly whom: string }) => {
    if (whom === 'nobody') throw new Error('there is nobody');
    return `Hello ${whom}`;
  },
});

function ask(operations: CompiledOperations, query: string, variables: Readonly<Record<string, unknown>> | null = null) {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return (more = variables) =>
    operations
      .execute({ document, operation, operationName: null, variables: more, context: {} as never })
      .then((result) => JSON.stringify(result));
}

describe('CompiledOperations', () => {
  it('answer alike before and after they are compiled, and with other variables', async () => {
    const greet = ask(new CompiledOperations(schema), 'query ($whom: String) { greet(whom: $whom) }');
    for (let i = 0; i < 8; i++) {
      expect(await greet({ whom: `guest ${i}` })).toBe(`{"data":{"greet":"Hello guest ${i}"}}`);
      expect(await greet({})).toBe('{"data":{"greet":"Hello you"}}');
      expect(JSON.parse(await greet({ whom: 'nobody' }))).toMatchObject({
        data: { greet: null },
        errors: [{ message: 'there is nobody', path: ['greet'] }],
      });
      expect(JSON.parse(await greet({ whom: 3 }))).not.toHaveProperty('data');
    }
  });

  it('are many more than are kept', async () => {
    const operations = new CompiledOperations(schema);
    const all = Array.from({ length: 200 }, (_, i) => ask(operations, `{ name${i}: greet(whom: "${i}") }`));
    for (let round = 0; round < 7; round++) {
      const answers = await Promise.all(all.map((one) => one()));
      expect(answers).toEqual(all.map((_, i) => `{"data":{"name${i}":"Hello ${i}"}}`));
    }
  });
});
