import fc from 'fast-check';
import { mcnemarTest, type PairedCorrectness, pairedAccuracyDifference } from '../../../src/statistics/mcnemar';
import { pairedDifference } from '../../../src/statistics/paired-difference';
import type { ArmEstimate } from '../../../src/statistics/ratio-of-sums';
import { welchTest } from '../../../src/statistics/welch-test';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

const pairs = (both: number, onlyControl: number, onlyTreatment: number, neither: number): PairedCorrectness => ({
  bothCorrect: both,
  onlyControlCorrect: onlyControl,
  onlyTreatmentCorrect: onlyTreatment,
  neitherCorrect: neither,
});
const anyPairs = fc.tuple(fc.nat(300), fc.nat(60), fc.nat(60), fc.nat(300)).map((counts) => pairs(...counts));

describe('mcnemarTest', () => {
  it.each(modelComparison.mcnemar_paired_accuracy)('$only_control_correct against $only_treatment_correct', ({ expected, ...row }) => {
    const table = pairs(row.both_correct, row.only_control_correct, row.only_treatment_correct, row.neither);
    const test = mcnemarTest(table);
    expect(relativeError(test.exactPValue, expected.exact_p)).toBeLessThan(1e-11);
    expect(relativeError(test.midPValue, expected.mid_p ?? 1)).toBeLessThan(1e-11);
    expect(relativeError(test.chiSquared, expected.chi2)).toBeLessThan(1e-12);
    expect(relativeError(test.chiSquaredPValue, expected.chi2_p)).toBeLessThan(1e-11);
    expect(relativeError(test.correctedChiSquared, expected.chi2_continuity)).toBeLessThan(1e-12);
    expect(relativeError(test.correctedPValue, expected.chi2_continuity_p)).toBeLessThan(1e-11);
    const difference = pairedAccuracyDifference(table) as ArmEstimate;
    expect(relativeError(difference.mean, expected.accuracy_difference)).toBeLessThan(1e-12);
    expect(relativeError(difference.standardError, expected.wald_se)).toBeLessThan(1e-12);
    const lift = { estimate: difference.mean, standardError: difference.standardError };
    const { lower, upper } = welchTest({ lift, degreesOfFreedom: Infinity, alpha: 0.05 });
    expect(relativeError(lower, expected.wald_ci95[0])).toBeLessThan(1e-11);
    expect(relativeError(upper, expected.wald_ci95[1])).toBeLessThan(1e-11);
  });

  it('counts small tables by hand', () => {
    expect(mcnemarTest(pairs(0, 0, 5, 0)).exactPValue).toBeCloseTo(2 / 32, 15);
    expect(mcnemarTest(pairs(9, 1, 4, 9)).exactPValue).toBeCloseTo((2 * (1 + 5)) / 32, 15);
    expect(mcnemarTest(pairs(9, 1, 4, 9)).midPValue).toBeCloseTo((2 * (1 + 2.5)) / 32, 15);
  });

  it('sees no difference in models that are right on the same inputs', () => {
    const test = mcnemarTest(pairs(40, 0, 0, 10));
    expect([test.exactPValue, test.midPValue, test.chiSquaredPValue, test.correctedPValue]).toEqual([1, 1, 1, 1]);
    expect(pairedAccuracyDifference(pairs(40, 0, 0, 10))).toEqual({ mean: 0, standardError: 0, units: 50 });
    expect(pairedAccuracyDifference(pairs(0, 0, 0, 0))).toBeNull();
  });

  it('does not care which model is called the treatment, nor about inputs on which they agree', () => {
    fc.assert(
      fc.property(anyPairs, (table) => {
        const swapped = pairs(0, table.onlyTreatmentCorrect, table.onlyControlCorrect, 0);
        expect(mcnemarTest(swapped)).toEqual(mcnemarTest(table));
        const { exactPValue, midPValue } = mcnemarTest(table);
        expect(midPValue).toBeLessThanOrEqual(exactPValue);
        expect(exactPValue).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is the paired difference of zeros and ones, but for n and n - 1', () => {
    fc.assert(
      fc.property(anyPairs, (table) => {
        const closed = pairedAccuracyDifference(table);
        fc.pre(closed !== null && closed.units >= 2);
        const { onlyControlCorrect: b, onlyTreatmentCorrect: c } = table;
        const general = pairedDifference({ units: closed?.units ?? 0, sum: c - b, sumOfSquares: b + c });
        expect(general?.mean).toBeCloseTo(closed?.mean ?? Number.NaN, 12);
        const n = closed?.units ?? Number.NaN;
        expect((general?.standardError ?? Number.NaN) ** 2 * (n - 1)).toBeCloseTo((closed?.standardError ?? Number.NaN) ** 2 * n, 12);
      }),
    );
  });

  it.each([pairs(-1, 0, 0, 0), pairs(1, 0.5, 0, 0), pairs(1, 0, Number.NaN, 0)])('refuses %j', (table) => {
    expect(() => mcnemarTest(table)).toThrow(RangeError);
    expect(() => pairedAccuracyDifference(table)).toThrow(RangeError);
  });
});
