import fc from 'fast-check';
import { binnedAuc, binnedAucDifference } from '../../../src/statistics/binned-auc';
import { pairedAucDifference, rocAuc } from '../../../src/statistics/roc-auc';

const bins = 8;
const binOf = (score: number) => Math.min(bins - 1, Math.floor(score * bins));
const score = fc.double({ min: 0, max: 1, noNaN: true });
const scorePairs = fc.array(fc.tuple(score, score), { minLength: 2, maxLength: 40 });

function histogram(scores: readonly number[]): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of scores) counts[binOf(value)] = (counts[binOf(value)] as number) + 1;
  return counts;
}

function jointHistogram(pairs: readonly (readonly [number, number])[]): number[][] {
  const counts = Array.from({ length: bins }, () => new Array<number>(bins).fill(0));
  for (const [control, treatment] of pairs) {
    const row = counts[binOf(control)] as number[];
    row[binOf(treatment)] = (row[binOf(treatment)] as number) + 1;
  }
  return counts;
}

describe('binnedAuc', () => {
  it('is within its bound of the area of the raw scores, and exactly that of the binned ones', () => {
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 2, maxLength: 60 }),
        fc.array(score, { minLength: 2, maxLength: 60 }),
        (positives, negatives) => {
          const binned = binnedAuc({ positives: histogram(positives), negatives: histogram(negatives) });
          const raw = rocAuc({ positives, negatives });
          expect(Math.abs((binned?.mean ?? 0) - (raw?.mean ?? 0))).toBeLessThanOrEqual((binned?.binningError ?? 0) + 1e-12);
          const tied = rocAuc({ positives: positives.map(binOf), negatives: negatives.map(binOf) });
          expect(binned?.mean).toBeCloseTo(tied?.mean ?? Number.NaN, 12);
          expect(binned?.standardError).toBeCloseTo(tied?.standardError ?? Number.NaN, 12);
          expect(binned?.units).toBe(tied?.units);
        },
      ),
    );
  });

  it('reaches its bound when one bin hides a perfect order', () => {
    const binned = binnedAuc({ positives: [0, 10], negatives: [0, 10] });
    expect(binned).toMatchObject({ mean: 0.5, binningError: 0.5, standardError: 0 });
  });

  it('of merged counts is that of all', () => {
    const [first, second] = [
      { positives: [1, 4, 7], negatives: [6, 3, 1] },
      { positives: [0, 2, 9], negatives: [8, 5, 2] },
    ];
    const add = (a: number[], b: number[]) => a.map((count, bin) => count + (b[bin] as number));
    const merged = { positives: add(first.positives, second.positives), negatives: add(first.negatives, second.negatives) };
    expect(binnedAuc(merged)).toEqual(binnedAuc({ positives: [1, 6, 16], negatives: [14, 8, 3] }));
  });

  it.each([
    { positives: [1, 2], negatives: [1] },
    { positives: [1, -2], negatives: [1, 1] },
    { positives: [1, 0.5], negatives: [1, 1] },
  ])('refuses %j', (counts) => {
    expect(() => binnedAuc(counts)).toThrow(RangeError);
  });

  it('says nothing about fewer than two of a class', () => {
    expect(binnedAuc({ positives: [1, 0], negatives: [5, 5] })).toBeNull();
  });
});

describe('binnedAucDifference', () => {
  it('is within its bound of the raw difference, and exactly DeLong of the binned scores', () => {
    fc.assert(
      fc.property(scorePairs, scorePairs, (positives, negatives) => {
        const joint = binnedAucDifference({ positives: jointHistogram(positives), negatives: jointHistogram(negatives) });
        const models = (value: (x: number) => number) => ({
          control: { positives: positives.map(([c]) => value(c)), negatives: negatives.map(([c]) => value(c)) },
          treatment: { positives: positives.map(([, t]) => value(t)), negatives: negatives.map(([, t]) => value(t)) },
        });
        const raw = pairedAucDifference(models((x) => x));
        const tied = pairedAucDifference(models(binOf));
        expect(Math.abs((joint?.estimate ?? 0) - (raw?.estimate ?? 0))).toBeLessThanOrEqual((joint?.binningError ?? 0) + 1e-12);
        expect(joint?.estimate).toBeCloseTo(tied?.estimate ?? Number.NaN, 12);
        expect(joint?.covariance).toBeCloseTo(tied?.covariance ?? Number.NaN, 12);
        expect((joint?.standardError ?? Number.NaN) ** 2).toBeCloseTo((tied?.standardError ?? Number.NaN) ** 2, 12);
      }),
    );
  });

  it('takes tables that are rectangles of whole numbers and of one shape', () => {
    const table = [
      [1, 2],
      [3, 4],
    ];
    expect(() => binnedAucDifference({ positives: table, negatives: [[1, 2]] })).toThrow(RangeError);
    expect(() => binnedAucDifference({ positives: table, negatives: [[1, 2], [3]] })).toThrow(RangeError);
    expect(() =>
      binnedAucDifference({
        positives: table,
        negatives: [
          [1, 2],
          [3, 0.5],
        ],
      }),
    ).toThrow(RangeError);
    expect(binnedAucDifference({ positives: [[1]], negatives: [[5]] })).toBeNull();
  });
});
