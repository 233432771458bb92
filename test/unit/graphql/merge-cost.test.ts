import fc from 'fast-check';
import { parse } from 'graphql';
import { mergesTooMuch } from '../../../src/graphql/merge-cost';
import { OperationPreparer } from '../../../src/graphql/prepare-operation';
import { queryLimits } from '../../../src/graphql/query-limits';
import { buildSchema } from '../../../src/graphql/schema';
import { fakeServices } from '../../fakes/fake-services';

const repeated = (copies: number, levels: number): string =>
  levels === 0 ? 'a' : Array.from({ length: copies }, () => `a { ${repeated(copies, levels - 1)} }`).join(' ');
const pairsOf = (count: number) => (count * (count - 1)) / 2;

describe('mergesTooMuch', () => {
  test('counts the pairs of one selection set', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), (count) => {
        const document = parse(`{ ${'a '.repeat(count)} }`);
        expect(mergesTooMuch(document, pairsOf(count))).toBe(false);
        expect(mergesTooMuch(document, pairsOf(count) - 1)).toBe(true);
      }),
    );
  });

  test('counts the pairs below each pair', () => {
    // The two `a` above: one pair, and four between their fields; each `a` for itself: one pair.
    const document = parse('{ a { b b } a { b b } }');
    expect(mergesTooMuch(document, 7)).toBe(false);
    expect(mergesTooMuch(document, 6)).toBe(true);
  });

  test('takes what is answered under different names for different', () => {
    expect(mergesTooMuch(parse(`{ ${Array.from({ length: 300 }, (_, i) => `n${i}: a { b }`).join(' ')} }`), 0)).toBe(false);
  });

  test('sees through fragments, also through one that spreads itself', () => {
    expect(mergesTooMuch(parse('{ ...F a } fragment F on Q { a ... on Q { a } ...F }'), 2)).toBe(true);
    expect(mergesTooMuch(parse('{ ...F } fragment F on Q { a { ...F } }'), 0)).toBe(false);
  });

  test('ends on fragments that spread themselves twice', () => {
    expect(() => mergesTooMuch(parse('{ ...F } fragment F on Q { a { ...F } a { ...F } }'), 1e6)).not.toThrow();
  });

  test('stops at the limit, however much is left', () => {
    expect(mergesTooMuch(parse(`{ ${repeated(3, 6)} }`), 1_000)).toBe(true);
  });
});

test('a query that would take long to validate is refused with a sentence that says so', () => {
  const preparer = new OperationPreparer({ schema: buildSchema(fakeServices()), limits: queryLimits, introspection: true, cacheSize: 10 });
  const features = 'features { name } '.repeat(40);
  const prepared = preparer.prepare({ query: `{ ${`models { ${`versions { ${features} } `.repeat(3)} } `.repeat(3)} }` });
  expect(prepared).toMatchObject({ ok: false, errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
  expect(!prepared.ok && prepared.errors[0].message).toContain('Ask for each field once');
});
