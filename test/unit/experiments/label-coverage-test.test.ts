import fc from 'fast-check';
import { labelCoverageTest } from '../../../src/experiments/label-coverage-test';
import type { VariantSums } from '../../../src/experiments/result-sums';
import { pearsonHomogeneity } from '../../../src/statistics/chi-square-homogeneity';
import { sumsOver } from './unit-sums';

type Unit = readonly [labelled: number, predictions: number];

function arm(variant: string, units: readonly Unit[]): VariantSums {
  const total = (index: 0 | 1) => units.reduce((sum, unit) => sum + unit[index], 0);
  const accuracy = sumsOver(units.map(([labelled]) => [0, labelled]));
  return {
    ...{ variant, exposedUnits: units.length, predictions: total(1), labelledPredictions: total(0) },
    ...{ metrics: { accuracy }, histograms: {}, ripeUnits: {} },
  };
}

/** Units of `size` predictions each, all or none of them labelled. */
const wholes = (labelled: number, unlabelled: number, size: number): readonly Unit[] => [
  ...Array.from({ length: labelled }, (): Unit => [size, size]),
  ...Array.from({ length: unlabelled }, (): Unit => [0, size]),
];

/** The minimal standard generator: the same runs on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (48_271 * state) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('labelCoverageTest', () => {
  it('is the chi-square over units where each has all of its labels or none, however many predictions it makes', () => {
    const count = fc.integer({ min: 20, max: 200 });
    fc.assert(
      fc.property(count, count, count, count, fc.integer({ min: 1, max: 9 }), (a, b, c, d, size) => {
        const { pValue } = labelCoverageTest([arm('control', wholes(a, b, size)), arm('cnn', wholes(c, d, size))]);
        expect(pValue).toBeCloseTo(pearsonHomogeneity([a, c], [b, d]).pValue, 10);
      }),
    );
  });

  it('never has a smaller p than the one that takes predictions as independent', () => {
    const unit = fc.integer({ min: 1, max: 6 }).chain((predictions) => fc.tuple(fc.nat(predictions), fc.constant(predictions)));
    const units = fc.array(unit, { minLength: 60, maxLength: 120 });
    fc.assert(
      fc.property(units, units, (left, right) => {
        const arms = [arm('control', left), arm('cnn', right)];
        const { pValue } = labelCoverageTest(arms);
        const labelled = arms.map((one) => one.labelledPredictions);
        const naive = pearsonHomogeneity(
          labelled,
          arms.map((one, index) => one.predictions - (labelled[index] as number)),
        );
        expect(pValue ?? 1).toBeGreaterThanOrEqual(naive.pValue - 1e-12);
      }),
    );
  });

  it('errs no more often than it says when units differ in how many of their predictions are labelled', () => {
    const random = generator(5);
    const units = (): readonly Unit[] =>
      Array.from({ length: 150 }, () => {
        const [predictions, share] = [1 + Math.floor(8 * random()), random() < 0.4 ? 0.95 : 0.1];
        return [Array.from({ length: predictions }, () => Number(random() < share)).reduce((sum, one) => sum + one, 0), predictions];
      });
    const runs = 400;
    const wrong = Array.from({ length: runs }, () => labelCoverageTest([arm('control', units()), arm('cnn', units())])).filter(
      ({ pValue }) => (pValue ?? 1) < 0.05,
    ).length;
    expect(wrong / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it('sees that one arm gets fewer labels', () => {
    expect(labelCoverageTest([arm('control', wholes(300, 100, 3)), arm('cnn', wholes(200, 200, 3))])).toEqual({
      pValue: expect.any(Number),
      imbalanced: true,
    });
  });

  it.each<[string, readonly VariantSums[]]>([
    ['without labels', [arm('control', wholes(0, 100, 1)), arm('cnn', wholes(0, 100, 1))]],
    ['without anything', [arm('control', []), arm('cnn', [])]],
    ['with all labelled', [arm('control', wholes(100, 0, 1)), arm('cnn', wholes(100, 0, 1))]],
    ['with fewer than 5 expected in a cell', [arm('control', wholes(4, 100, 1)), arm('cnn', wholes(5, 100, 1))]],
    ['with one arm that predicts', [arm('control', wholes(50, 50, 1)), arm('cnn', [])]],
  ])('says nothing %s', (_, arms) => {
    expect(labelCoverageTest(arms)).toEqual({ pValue: null, imbalanced: false });
  });

  it('leaves out an arm that makes no predictions', () => {
    const two = [arm('control', wholes(100, 50, 2)), arm('cnn', wholes(90, 60, 2))];
    expect(labelCoverageTest([...two, arm('idle', [])])).toEqual(labelCoverageTest(two));
  });
});
