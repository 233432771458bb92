import fc from 'fast-check';
import { bucketRanges } from '../../../src/assignment/bucket-ranges';
import { compileAssignment } from '../../../src/assignment/compile-assignment';
import { massOf, type RangeSet, subtractRanges, toRangeSet } from '../../../src/assignment/range-set';
import { rebucket } from '../../../src/assignment/rebucket';
import { type StickyDocuments, stickyKey } from '../../../src/assignment/sticky-document';
import { compileChoice, ownRanges, propensitiesOf, type VariantRanges } from '../../../src/assignment/variant-ranges';

const coverage = fc.oneof(fc.constantFrom(0, 0.1, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const weights = (count: number) =>
  fc
    .array(fc.integer({ min: 0, max: 20 }), { minLength: count, maxLength: count })
    .filter((parts) => parts.some((part) => part > 0))
    .map((parts) => parts.map((part) => part / parts.reduce((sum, other) => sum + other, 0)));
const shares = (count: number) => fc.record({ weights: weights(count), coverage });
/** An experiment's first weights, and what they were changed to, one time after the other. */
const history = fc.integer({ min: 2, max: 5 }).chain((count) => fc.array(shares(count), { minLength: 2, maxLength: 6 }));

const firstRanges = (first: { weights: readonly number[]; coverage: number }): VariantRanges =>
  bucketRanges(first.coverage, first.weights).map((range) => [range]);

const common = (one: RangeSet, other: RangeSet) => subtractRanges(one, subtractRanges(one, other));

describe('rebucket', () => {
  it('gives each variant its share, moves the least mass possible, and lets nobody go while the coverage does not fall', () => {
    fc.assert(
      fc.property(history, ([first, ...changes]) => {
        let ranges = firstRanges(first as (typeof changes)[number]);
        for (const change of changes) {
          const old = ownRanges(ranges);
          ranges = rebucket(ranges, change);
          const now = ownRanges(ranges);
          const least = old.map((set, variant) => Math.max(0, massOf(set) - change.coverage * (change.weights[variant] as number)));
          for (const [variant, set] of now.entries()) {
            expect(massOf(set)).toBeCloseTo(change.coverage * (change.weights[variant] as number), 9);
            expect(massOf(set)).toBeCloseTo(massOf(toRangeSet(ranges[variant] ?? [])), 12);
            const stayed = massOf(common(old[variant] as RangeSet, set));
            expect(massOf(old[variant] as RangeSet) - stayed).toBeCloseTo(least[variant] as number, 9);
          }
          const [tookPart, takePart] = [toRangeSet(old.flat()), toRangeSet(now.flat())];
          expect(massOf(common(tookPart, takePart))).toBeCloseTo(Math.min(massOf(tookPart), massOf(takePart)), 9);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('moves nobody when only the coverage rises', () => {
    fc.assert(
      fc.property(shares(4), coverage, (first, other) => {
        const [low, high] = [Math.min(first.coverage, other), Math.max(first.coverage, other)];
        const before = firstRanges({ ...first, coverage: low });
        const after = rebucket(before, { weights: first.weights, coverage: high });
        const [choose, chooseAgain] = [compileChoice(before), compileChoice(after)];
        for (let bucket = 0; bucket < 1_000; bucket++) {
          const was = choose(bucket / 1_000 + 0.00037);
          if (was !== -1) expect(chooseAgain(bucket / 1_000 + 0.00037)).toBe(was);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('adds a variant from what the others give', () => {
    const after = rebucket([[[0, 0.5]], [[0.5, 1]]], { weights: [0.4, 0.4, 0.2], coverage: 1 });
    expect(after).toEqual([
      [[0, 0.4]],
      [[0.5, 0.9]],
      [
        [0.4, 0.5],
        [0.9, 1],
      ],
    ]);
    expect(propensitiesOf(after)).toEqual([0.4, 0.4, 0.2]);
  });

  it('cuts on decimals, so that whole buckets of hash version 2 stay where they are', () => {
    expect(rebucket([[[0, 0.5]], [[0.5, 1]]], { weights: [0.1 + 0.2, 0.7], coverage: 1 })).toEqual([[[0, 0.3]], [[0.3, 1]]]);
  });

  it.each<[readonly number[], number, string]>([
    [[1], 1, 'There are 2 variants and only 1 weights.'],
    [[0.5, 0.6], 1, 'Weights must not be negative and must sum to 1, but are 0.5, 0.6.'],
    [[-0.5, 1.5], 1, 'Weights must not be negative and must sum to 1, but are -0.5, 1.5.'],
    [[0.5, Number.NaN], 1, 'Weights must not be negative and must sum to 1, but are 0.5, NaN.'],
    [[0.5, 0.5], 1.1, 'The coverage must be in 0..1, but is 1.1.'],
  ])('refuses weights %j with coverage %d', (wrong, share, problem) => {
    expect(() => rebucket([[[0, 0.5]], [[0.5, 1]]], { weights: wrong, coverage: share })).toThrow(problem);
  });
});

describe('weights for new units only', () => {
  it('leaves every remembered unit where it is, at its old propensity, and draws the others anew', () => {
    fc.assert(
      fc.property(shares(3), shares(3), fc.uniqueArray(fc.uuid(), { minLength: 20, maxLength: 20 }), (first, second, ids) => {
        const rule = { key: 'exp', variants: ['a', 'b', 'c'], hashVersion: 3 } as const;
        const [decide, decideAnew] = [compileAssignment({ ...rule, ...first }), compileAssignment({ ...rule, ...second })];
        for (const id of ids) {
          const enrolled = decide({ id, attributes: null, documents: {} });
          if (enrolled.save === null) continue;
          const documents: StickyDocuments = { [stickyKey('id', id)]: enrolled.save };
          const { index, propensity } = enrolled;
          expect(decideAnew({ id, attributes: null, documents })).toMatchObject({ index, propensity, reason: 'STICKY', save: null });
          expect(decideAnew({ id, attributes: null, documents: {} }).index).toBe(
            decideAnew({ id, attributes: null, documents: null }).index,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
