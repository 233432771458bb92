import fc from 'fast-check';
import { type BinaryConfusion, binaryScores, f1Estimate } from '../../../src/statistics/binary-confusion';
import { wilsonInterval } from '../../../src/statistics/wilson-interval';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

const confusion = ({ tp, fp, fn, tn }: { tp: number; fp: number; fn: number; tn: number }): BinaryConfusion => ({
  truePositives: tp,
  falsePositives: fp,
  falseNegatives: fn,
  trueNegatives: tn,
});
const anyConfusion = fc.record({ tp: fc.nat(100), fp: fc.nat(100), fn: fc.nat(100), tn: fc.nat(100) }).map(confusion);

describe('binaryScores', () => {
  it.each(modelComparison.classifier_metrics)('of $expected.tp true positives', ({ labels, probabilities, threshold, expected }) => {
    const count = (label: number, isPredicted: boolean) =>
      labels.filter((y, i) => y === label && (probabilities[i] as number) >= threshold === isPredicted).length;
    const counts = { tp: count(1, true), fp: count(0, true), fn: count(1, false), tn: count(0, false) };
    expect(counts).toEqual({ tp: expected.tp, fp: expected.fp, fn: expected.fn, tn: expected.tn });
    const scores = binaryScores(confusion(counts));
    expect(relativeError(scores.precision ?? 0, expected.precision)).toBeLessThan(1e-14);
    expect(relativeError(scores.recall ?? 0, expected.recall)).toBeLessThan(1e-14);
    expect(relativeError(scores.f1 ?? 0, expected.f1)).toBeLessThan(1e-14);
    expect(relativeError(scores.matthews ?? 0, expected.mcc)).toBeLessThan(1e-14);
  });

  it('is null where nothing can be said', () => {
    const nothing = { accuracy: null, precision: null, recall: null, specificity: null, f1: null, matthews: null };
    expect(binaryScores(confusion({ tp: 0, fp: 0, fn: 0, tn: 0 }))).toEqual(nothing);
    const negatives = { ...nothing, accuracy: 1, specificity: 1 };
    expect(binaryScores(confusion({ tp: 0, fp: 0, fn: 0, tn: 7 }))).toEqual(negatives);
  });

  it('stays in its ranges, and recall is specificity with the classes swapped', () => {
    fc.assert(
      fc.property(anyConfusion, (counts) => {
        const scores = binaryScores(counts);
        for (const value of [scores.accuracy, scores.precision, scores.recall, scores.f1]) {
          expect(value ?? 0).toBeGreaterThanOrEqual(0);
          expect(value ?? 0).toBeLessThanOrEqual(1);
        }
        expect(Math.abs(scores.matthews ?? 0)).toBeLessThanOrEqual(1 + 1e-12);
        const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
        const swapped = binaryScores(confusion({ tp: tn, fp: fn, fn: fp, tn: tp }));
        expect(swapped.recall).toBe(scores.specificity);
        expect(swapped.matthews ?? 0).toBeCloseTo(scores.matthews ?? 0, 12);
      }),
    );
  });
});

describe('f1Estimate', () => {
  it.each(modelComparison.f1_delta_method)(
    'of $tp true positives: delta method, with Wilson for precision and recall',
    ({ expected, ...row }) => {
      const estimate = f1Estimate(confusion(row));
      expect(relativeError(estimate?.mean ?? 0, expected.f1)).toBeLessThan(1e-14);
      expect(relativeError(estimate?.standardError ?? 0, expected.f1_delta_se)).toBeLessThan(1e-12);
      expect(estimate?.units).toBe(row.tp + row.fp + row.fn + row.tn);
      const scores = binaryScores(confusion(row));
      expect(relativeError(scores.precision ?? 0, expected.precision)).toBeLessThan(1e-14);
      expect(relativeError(scores.recall ?? 0, expected.recall)).toBeLessThan(1e-14);
      const precision = wilsonInterval({ successes: row.tp, trials: row.tp + row.fp }, 0.05);
      const recall = wilsonInterval({ successes: row.tp, trials: row.tp + row.fn }, 0.05);
      expect(relativeError(precision?.lower ?? 0, expected.precision_wilson95[0])).toBeLessThan(1e-12);
      expect(relativeError(precision?.upper ?? 0, expected.precision_wilson95[1])).toBeLessThan(1e-12);
      expect(relativeError(recall?.lower ?? 0, expected.recall_wilson95[0])).toBeLessThan(1e-12);
      expect(relativeError(recall?.upper ?? 0, expected.recall_wilson95[1])).toBeLessThan(1e-12);
    },
  );

  it('is sure of a model without errors or without hits, and silent without positives', () => {
    expect(f1Estimate(confusion({ tp: 9, fp: 0, fn: 0, tn: 1 }))).toEqual({ mean: 1, standardError: 0, units: 10 });
    expect(f1Estimate(confusion({ tp: 0, fp: 4, fn: 5, tn: 1 }))).toEqual({ mean: 0, standardError: 0, units: 10 });
    expect(f1Estimate(confusion({ tp: 0, fp: 0, fn: 0, tn: 10 }))).toBeNull();
  });

  it.each([{ tp: -1 }, { fp: 0.5 }, { fn: Number.NaN }, { tn: Infinity }])('refuses %j', (change) => {
    const counts = confusion({ tp: 1, fp: 1, fn: 1, tn: 1, ...change });
    expect(() => f1Estimate(counts)).toThrow(RangeError);
    expect(() => binaryScores(counts)).toThrow(RangeError);
  });
});
