import fc from 'fast-check';
import { compileTargeting } from '../../../src/assignment/compile-targeting';
import { matchesTargeting } from '../../../src/assignment/targeting';

/** Values that JavaScript compares in surprising ways. */
const odd = fc.constantFrom<unknown>(
  null,
  true,
  false,
  0,
  -0,
  1,
  5,
  18.5,
  '',
  '0',
  '1',
  '5',
  'null',
  'true',
  'DE',
  'de',
  ' 5 ',
  '1e0',
  Number.NaN,
);
const scalar = fc.oneof(odd, odd, fc.integer(), fc.string({ maxLength: 3 }));
const operator = fc.constantFrom('$eq', '$ne', '$lt', '$lte', '$gt', '$gte');
const list = fc.constantFrom('$in', '$nin');
const test = fc.oneof(
  scalar,
  fc.dictionary(operator, scalar, { minKeys: 1, maxKeys: 3 }),
  fc.dictionary(list, fc.array(scalar, { maxLength: 4 }), { minKeys: 1, maxKeys: 2 }),
);
/** Not plain: must take the slow way. */
const other = fc.constantFrom<unknown>(
  { $exists: true },
  { $exists: false },
  { $in: 'DE' },
  { $in: [['DE'], 5] },
  { $eq: { a: 1 } },
  { $not: { $eq: 5 } },
  { $regex: '^D' },
  { $type: 'string' },
  { a: 5 },
  {},
  ['DE'],
);
const name = fc.constantFrom('country', 'age', 'plan', 'a.b', 'toString', '__proto__');
const condition = fc.dictionary(name, fc.oneof({ weight: 5, arbitrary: test }, { weight: 1, arbitrary: other }), { maxKeys: 3 });
const nested = fc.oneof(
  condition,
  condition,
  fc.array(condition, { maxLength: 2 }).map(($or) => ({ $or })),
);
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, [], [5], ['DE'], { b: 5 }, { toString: 1 }, { valueOf: 1, toString: 1 }) },
);
const attributes = fc.dictionary(fc.constantFrom('country', 'age', 'plan', 'a', 'toString'), value, { maxKeys: 4 });

describe('compileTargeting', () => {
  it('decides as matchesTargeting does', () => {
    const silent = jest.spyOn(console, 'error').mockImplementation(() => {});
    const seen = [0, 0];
    fc.assert(
      fc.property(nested, fc.option(attributes, { freq: 20 }), (wanted, unit) => {
        const matches = matchesTargeting(wanted, unit);
        expect(compileTargeting(wanted)(unit)).toBe(matches);
        seen[Number(matches)] = (seen[Number(matches)] as number) + 1;
      }),
      { numRuns: 20_000 },
    );
    silent.mockRestore();
    for (const count of seen) expect(count).toBeGreaterThan(1_000);
  });

  it('matches everybody without a condition', () => {
    expect([compileTargeting(null)(null), compileTargeting({})({ country: 'DE' })]).toEqual([true, true]);
  });
});
