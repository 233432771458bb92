import fc from 'fast-check';
import { mannWhitneyTest } from '../../../src/statistics/mann-whitney';
import { rocAuc } from '../../../src/statistics/roc-auc';
import { relativeError } from './reference-numbers';
import { twoSample } from './two-sample-numbers';

const samples = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 30 });
const alternatives = [
  ['TWO_SIDED', 'two-sided'],
  ['GREATER', 'greater'],
  ['LESS', 'less'],
] as const;

describe('mannWhitneyTest', () => {
  it.each(twoSample.mannWhitney)('$id', ({ x, y, expected }) => {
    const test = mannWhitneyTest(x, y);
    expect(test.statistic).toBe(expected.U1);
    expect(mannWhitneyTest(y, x).statistic).toBe(expected.U2);
    expect(relativeError(test.standardDeviation, expected.sigma_tie_corrected)).toBeLessThan(1e-13);
    expect(relativeError(test.probabilityOfSuperiority, expected.prob_superiority)).toBeLessThan(1e-14);
    for (const [alternative, name] of alternatives) {
      const corrected = mannWhitneyTest(x, y, { alternative }).pValue;
      expect(relativeError(corrected, expected.asymptotic_cc[name])).toBeLessThan(1e-11);
      const plain = mannWhitneyTest(x, y, { alternative, continuityCorrection: false }).pValue;
      expect(relativeError(plain, expected.asymptotic[name])).toBeLessThan(1e-11);
    }
  });

  it('counts the pairs that the area under the ROC curve counts', () => {
    fc.assert(
      fc.property(samples, samples, (positives, negatives) => {
        const { probabilityOfSuperiority } = mannWhitneyTest(positives, negatives);
        expect(probabilityOfSuperiority).toBeCloseTo(rocAuc({ positives, negatives })?.mean ?? Number.NaN, 12);
      }),
    );
  });

  it('does not care about order, and sees nothing in equal values', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        expect(mannWhitneyTest([...a].reverse(), b)).toEqual(mannWhitneyTest(a, b));
        expect(mannWhitneyTest(b, a).pValue).toBeCloseTo(mannWhitneyTest(a, b).pValue, 12);
      }),
    );
    expect(mannWhitneyTest([1, 1], [1, 1, 1])).toEqual({ statistic: 3, probabilityOfSuperiority: 0.5, standardDeviation: 0, pValue: 1 });
    expect(mannWhitneyTest([1], [2]).pValue).toBe(1);
  });

  it('refuses an empty sample and NaN', () => {
    expect(() => mannWhitneyTest([], [1])).toThrow(RangeError);
    expect(() => mannWhitneyTest([1], [Number.NaN])).toThrow(RangeError);
  });
});
