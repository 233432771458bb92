import fc from 'fast-check';
import { buildSchema, type ExecutionResult, execute, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import { CompiledOperations } from '../../../src/http/compiled-operations';
import { mayBeCompiled } from '../../../src/http/may-be-compiled';

const schema = buildSchema(`
  scalar Anything
  input Filter { name: String! tags: [String!] }
  type Leaf { a: Int! b: String c: [Int!]! }
  type Failure { code: String! message: String }
  union Row = Leaf | Failure
  type Node { name: String! leaf: Leaf leaves: [Leaf!]! rows: [Row!]! node: Node strict: Leaf! broken: Leaf! }
  type Query { node: Node! echo(value: Anything, filter: Filter, text: String! = "x"): String }
`);
const leaf = { a: 1, b: null, c: [1, 2] };
const node = {
  name: 'n',
  leaf: null,
  leaves: [leaf, { ...leaf, b: 'x' }],
  rows: [leaf, { code: 'BAD', message: null }],
  node: { name: 'm', leaf, leaves: [], rows: [], node: null, strict: leaf, broken: null },
  strict: leaf,
};
Object.assign(schema.getQueryType()?.getFields().node ?? {}, { resolve: async () => node });
Object.assign(schema.getQueryType()?.getFields().echo ?? {}, {
  resolve: (_: unknown, all: object) => JSON.stringify(Object.entries(all).sort()),
});
Object.assign(schema.getType('Row') ?? {}, { resolveType: (row: object) => ('code' in row ? 'Failure' : 'Leaf') });

type Variables = Readonly<Record<string, unknown>>;

/** The answer when the operation has come often enough to be compiled, if it may be. */
async function answerAtLast(text: string, variables: Variables, on: GraphQLSchema = schema): Promise<string> {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  const operations = new CompiledOperations(on);
  let answer = '';
  for (let i = 0; i < 6; i++)
    answer = shown(await operations.execute({ document, operation, operationName: null, variables, context: {} as never }));
  return answer;
}

async function rightAnswer(text: string, variables: Variables): Promise<string> {
  return shown(await execute({ schema, document: parse(text), variableValues: variables }));
}

/** As it is sent: in one order; without data, not even null, when nothing was executed (Apollo Server finds the words then). */
function shown({ errors, data }: ExecutionResult): string {
  return data === undefined ? 'nothing was executed' : JSON.stringify({ errors, data });
}

describe('mayBeCompiled', () => {
  it.each([
    ['{ node { name } }', true],
    ['query ($filter: Filter) { echo(filter: $filter) }', true],
    ['query ($a: Boolean!) { node @skip(if: $a) { name } }', false],
    ['query ($text: String = "y") { echo(text: $text) }', false],
    ['query ($v: Int) { echo(value: { deep: [$v] }) }', false],
    ['query ($v: Int) { echo(value: [$v]) }', false],
    ['{ __proto__: node { name } }', false],
    ['{ echo(value: { __proto__: 1 }) }', false],
  ])('of %s: %s', (text, expected) => {
    expect(mayBeCompiled(parse(text))).toBe(expected);
  });

  it.each<[string, Variables]>([
    ['query ($v: Anything) { echo(value: $v) }', { v: { deep: [1, { null: null }] } }],
    ['query ($v: Int) { echo(value: { deep: [$v], other: $v }) }', { v: 5 }],
    ['query ($f: Filter) { echo(filter: $f) }', { f: { name: 'a', tags: ['b'] } }],
    ['query ($n: String!) { echo(filter: { name: $n, tags: [$n, "c"] }) }', { n: 'a' }],
    ['query ($t: String = "y") { echo(text: $t) }', { t: null }],
    ['query ($t: String = "y") { echo(text: $t) }', {}],
    ['query ($a: Boolean!) { ...X @skip(if: $a) ...Y } fragment X on Query { node { name } } fragment Y on Query { ...X }', { a: true }],
    [
      'query ($a: Boolean!, $b: Boolean!) { node { strict @include(if: $a) { a } strict @skip(if: $a) @include(if: $b) { b } } }',
      { a: false, b: true },
    ],
    ['{ node { node { broken { a } name } } }', {}],
  ])('or the answer is that of graphql all the same: %s %j', async (text, variables) => {
    expect(await answerAtLast(text, variables)).toBe(await rightAnswer(text, variables));
  });

  it('lets nothing be compiled that is answered otherwise', async () => {
    const fields: Readonly<Record<string, readonly (readonly [name: string, type: string | null])[]>> = {
      Query: [['node', 'Node']],
      Node: [
        ['name', null],
        ['leaf', 'Leaf'],
        ['leaves', 'Leaf'],
        ['rows', 'Row'],
        ['node', 'Node'],
        ['strict', 'Leaf'],
      ],
      Leaf: [
        ['a', null],
        ['b', null],
        ['c', null],
      ],
      Failure: [
        ['code', null],
        ['message', null],
      ],
      Row: [],
    };
    const fragments = [
      ['F', 'Node'],
      ['G', 'Leaf'],
      ['H', 'Row'],
    ] as const;
    /** Choices, one number after another: how deep, which field, whether an alias, a fragment, or a directive. */
    const selection = (type: string, choose: () => number, depth: number): string => {
      const one = (): string => {
        const choice = choose() % 8;
        const directive = choose() % 12 === 0 ? ` @skip(if: $${choose() % 2 ? 'a' : 'b'})` : '';
        if (choice === 0) return `__typename${directive}`;
        const named = fragments.find(([, of]) => of === type);
        if (choice === 1 && depth === 3 && named) return `...${named[0]}${directive}`;
        if (type === 'Row')
          return ['Leaf', 'Failure'].map((of) => `... on ${of}${directive} ${selection(of, choose, depth - 1)}`).join(' ');
        if (choice === 2 && depth > 0) return `... on ${type}${directive} ${selection(type, choose, depth - 1)}`;
        const [name, of] = fields[type]?.[choose() % (fields[type]?.length ?? 1)] ?? ['__typename', null];
        if (of !== null && depth === 0) return '__typename';
        const alias = choose() % 3 === 0 ? `x${choose() % 2}: ` : '';
        return `${alias}${name}${directive}${of === null ? '' : ` ${selection(of, choose, depth - 1)}`}`;
      };
      return `{ ${Array.from({ length: 1 + (choose() % 3) }, one).join(' ')} }`;
    };
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), fc.boolean(), fc.boolean(), async (stream, a, b) => {
        const choose = () => stream.next().value as number;
        const used = `query ($a: Boolean!, $b: Boolean!) ${selection('Query', choose, 3)}`;
        const defined = fragments.map(([name, of]) => `fragment ${name} on ${of} ${selection(of, choose, 1)}`).join(' ');
        const text = `${used} ${defined}`;
        // Unused variables and fragments are no matter here; fields that do not merge are.
        const problems = validate(schema, parse(text)).filter(({ message }) => !/never used|is unused/.test(message));
        fc.pre(problems.length === 0 && text.length < 1000);
        compared++;
        expect(await answerAtLast(text, { a, b })).toBe(await rightAnswer(text, { a, b }));
      }),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});
