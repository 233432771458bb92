import fc from 'fast-check';
import { absoluteLift } from '../../../src/statistics/lift';
import { midRanks } from '../../../src/statistics/mid-ranks';
import type { ArmEstimate } from '../../../src/statistics/ratio-of-sums';
import { type AucDifference, aucDifference, type LabelledScores, pairedAucDifference, rocAuc } from '../../../src/statistics/roc-auc';
import { welchTest } from '../../../src/statistics/welch-test';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

const byClass = (scores: readonly number[], labels: readonly number[]): LabelledScores => ({
  positives: scores.filter((_, i) => labels[i] === 1),
  negatives: scores.filter((_, i) => labels[i] === 0),
});
const scores = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 2, maxLength: 30 });

/** The definition: every pair looked at. */
function areaOfPairs({ positives, negatives }: LabelledScores): number {
  const wins = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0) as number));
  return wins.reduce((sum, win) => sum + win, 0) / wins.length;
}

describe('midRanks', () => {
  it('add up to n (n + 1) / 2, are ordered as the values, and ties share', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (values) => {
        const ranks = midRanks(values);
        expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBe((values.length * (values.length + 1)) / 2);
        values.forEach((value, i) => {
          const below = values.filter((other) => other < value).length;
          const same = values.filter((other) => other === value).length;
          expect(ranks[i]).toBe(below + (same + 1) / 2);
        });
      }),
    );
  });

  it('orders infinities and refuses NaN', () => {
    expect([...midRanks([Infinity, 0, -Infinity, Infinity])]).toEqual([3.5, 2, 1, 3.5]);
    expect(() => midRanks([1, Number.NaN])).toThrow(RangeError);
  });
});

describe('areas under the ROC curve', () => {
  it.each(modelComparison.delong_auc_paired)('as DeLong: $expected.auc_control against $expected.auc_treatment', (row) => {
    const { expected } = row;
    const control = byClass(row.scores_control, row.labels);
    const treatment = byClass(row.scores_treatment, row.labels);
    const difference = pairedAucDifference({ control, treatment }) as AucDifference;
    expect(relativeError(difference.control.mean, expected.auc_control)).toBeLessThan(1e-13);
    expect(relativeError(difference.treatment.mean, expected.auc_treatment)).toBeLessThan(1e-13);
    expect(relativeError(difference.control.standardError ** 2, expected.var_auc_control)).toBeLessThan(1e-12);
    expect(relativeError(difference.treatment.standardError ** 2, expected.var_auc_treatment)).toBeLessThan(1e-12);
    expect(relativeError(difference.covariance, expected.cov)).toBeLessThan(1e-11);
    expect(relativeError(difference.estimate, expected.difference)).toBeLessThan(1e-12);
    expect(relativeError(difference.standardError, expected.se)).toBeLessThan(1e-12);
    const test = welchTest({ lift: difference, degreesOfFreedom: Infinity, alpha: 0.05 });
    expect(relativeError(test.statistic, expected.z)).toBeLessThan(1e-11);
    expect(relativeError(test.pValue, expected.p)).toBeLessThan(1e-11);
    expect(rocAuc(control)).toEqual(difference.control);
  });

  it('is the share of pairs in the right order, and 1 - itself with the classes swapped', () => {
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const area = rocAuc({ positives, negatives });
        expect(area?.mean).toBeCloseTo(areaOfPairs({ positives, negatives }), 12);
        const swapped = rocAuc({ positives: negatives, negatives: positives });
        expect(swapped?.mean).toBeCloseTo(1 - (area?.mean ?? Number.NaN), 12);
        expect(swapped?.standardError).toBeCloseTo(area?.standardError ?? Number.NaN, 12);
      }),
    );
  });

  it('does not depend on the scale of the scores', () => {
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const stretched = { positives: positives.map((x) => Math.exp(x / 3)), negatives: negatives.map((x) => Math.exp(x / 3)) };
        expect(rocAuc(stretched)).toEqual(rocAuc({ positives, negatives }));
      }),
    );
  });

  it('of a model and itself differ by nothing, for sure', () => {
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const model = { positives, negatives };
        const difference = pairedAucDifference({ control: model, treatment: model });
        expect(difference?.estimate).toBe(0);
        expect(difference?.standardError).toBeCloseTo(0, 7);
      }),
    );
  });

  it('of two arms that share no predictions differ with the sum of their variances', () => {
    fc.assert(
      fc.property(scores, scores, scores, scores, (positives, negatives, otherPositives, otherNegatives) => {
        const control = rocAuc({ positives, negatives }) as ArmEstimate;
        const treatment = rocAuc({ positives: otherPositives, negatives: otherNegatives }) as ArmEstimate;
        const lift = absoluteLift(control, treatment);
        const uncorrelated = aucDifference(control, treatment, 0);
        expect(lift.estimate).toBeCloseTo(uncorrelated.estimate, 12);
        expect(lift.standardError).toBeCloseTo(uncorrelated.standardError, 12);
      }),
    );
  });

  it('says nothing about fewer than two of a class, and refuses what is not paired', () => {
    expect(rocAuc({ positives: [1], negatives: [1, 2, 3] })).toBeNull();
    const model = { positives: [1, 2], negatives: [1, 2] };
    expect(
      pairedAucDifference({ control: { positives: [1], negatives: [0, 1] }, treatment: { positives: [1], negatives: [0, 1] } }),
    ).toBeNull();
    expect(() => pairedAucDifference({ control: model, treatment: { positives: [1, 2, 3], negatives: [1, 2] } })).toThrow(RangeError);
    expect(() => rocAuc({ positives: [1, Number.NaN], negatives: [1, 2] })).toThrow(RangeError);
  });
});
