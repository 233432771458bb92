import fc from 'fast-check';
import { jsonShapeProblem, maxJsonDepth, maxJsonTokens } from '../../../src/http/json-shape';

const nested = (depth: number) => Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`);

describe('jsonShapeProblem', () => {
  it('finds nothing in ordinary JSON, whatever its texts hold', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ',', 'a', 'é', '\u2028'), maxLength: 200 });
    fc.assert(
      fc.property(fc.dictionary(text, fc.oneof(text, fc.array(text), fc.json())), (value) => {
        expect(jsonShapeProblem(Buffer.from(JSON.stringify(value)))).toBeNull();
      }),
    );
  });

  it('counts brackets outside of texts only', () => {
    const brackets = '[{'.repeat(1000);
    expect(jsonShapeProblem(Buffer.from(JSON.stringify({ a: brackets, b: `\\"${brackets}` })))).toBeNull();
    expect(jsonShapeProblem(Buffer.from(`{"a": "\\\\", "b": ${'['.repeat(100)}`))).toContain('levels deep');
  });

  it('knows the limits', () => {
    expect([jsonShapeProblem(nested(maxJsonDepth)), jsonShapeProblem(nested(maxJsonDepth + 1))]).toEqual([
      null,
      expect.stringContaining('64 levels'),
    ]);
    const list = (count: number) => Buffer.from(`[${new Array(count).fill('0').join(',')}]`);
    expect([jsonShapeProblem(list(maxJsonTokens)), jsonShapeProblem(list(maxJsonTokens + 1))]).toEqual([
      null,
      expect.stringContaining('more than 200000 values'),
    ]);
  });

  it('reads what is no JSON to its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const problem = jsonShapeProblem(Buffer.from(bytes));
        expect(problem === null || problem.endsWith('.')).toBe(true);
      }),
    );
  });
});
