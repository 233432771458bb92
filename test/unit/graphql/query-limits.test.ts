import fc from 'fast-check';
import { getIntrospectionQuery, parse, validate } from 'graphql';
import { limitsRule, queryLimits, queryTextProblem } from '../../../src/graphql/query-limits';
import { buildSchema } from '../../../src/graphql/schema';
import { fakeServices } from '../../fakes/fake-services';

const schema = buildSchema(fakeServices());
const problems = (query: string) => validate(schema, parse(query), [limitsRule(queryLimits)]).map((error) => error.message);

const nested = (depth: number) => `{${'a{'.repeat(depth - 1)}a${'}'.repeat(depth - 1)}}`;
const many = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ');

describe('the limits of a query', () => {
  it.each([
    ['levels of fields', nested(12), nested(13)],
    ['aliases', `{${many(30, (i) => `a${i}: models{name}`)}}`, `{${many(31, (i) => `a${i}: models{name}`)}}`],
    ['directives', `{models{${many(50, () => 'name @include(if: true)')}}}`, `{models{${many(51, () => 'name @include(if: true)')}}}`],
    ['operations', many(10, (i) => `query Q${i} {models{name}}`), many(11, (i) => `query Q${i} {models{name}}`)],
    ['predicting fields', `mutation {${many(10, (i) => `a${i}: predict`)}}`, `mutation {${many(11, (i) => `a${i}: predict`)}}`],
    ['selections', `{${many(2000, () => 'a')}}`, `{${many(2001, () => 'a')}}`],
  ])('are exact for %s', (what, allowed, refused) => {
    expect(problems(allowed)).toEqual([]);
    expect(problems(refused)).toEqual([expect.stringContaining(what)]);
  });

  it('count fragments as often as they are spread', () => {
    const doubling = many(30, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    expect(problems(`{ ...F0 } ${doubling} fragment F30 on Query { models { name } }`)).toEqual([expect.stringContaining('selections')]);
  });

  it('count depth through fragments', () => {
    expect(problems(`{ ${'a{'.repeat(6)} ...F ${'}'.repeat(6)} } fragment F on Query ${nested(7)}`)).toEqual([
      expect.stringContaining('13 levels'),
    ]);
  });

  it('end on a fragment that spreads itself', () => {
    expect(problems('{ ...F } fragment F on Query { a ...F }')).toEqual([]);
  });

  it("let GraphiQL's introspection query pass", () => {
    expect(problems(getIntrospectionQuery({ descriptions: true, schemaDescription: true, inputValueDeprecation: true }))).toEqual([]);
  });

  it('measure any nesting of fields exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (depth) => {
        expect(problems(nested(depth)).length).toBe(depth > queryLimits.maxDepth ? 1 : 0);
      }),
    );
  });

  it('are in bytes for the text', () => {
    expect(queryTextProblem('x'.repeat(100_000), queryLimits)).toBeNull();
    expect(queryTextProblem('é'.repeat(50_001), queryLimits)).toContain('100002 bytes');
  });
});
