import { brierScore, logLoss, multiclassBrierScore } from '../../../src/statistics/proper-score';
import { meanOfSums } from '../../../src/statistics/ratio-of-sums';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

const meanOf = (values: readonly number[]) => {
  const sum = values.reduce((total, value) => total + value, 0);
  return meanOfSums({ units: values.length, sum, sumOfSquares: values.reduce((total, value) => total + value * value, 0) });
};

describe('proper scores', () => {
  it.each(modelComparison.classifier_metrics)(
    'mean and standard error of $labels.length predictions',
    ({ labels, probabilities, expected }) => {
      const logLosses = meanOf(labels.map((y, i) => logLoss(y === 1 ? (probabilities[i] as number) : 1 - (probabilities[i] as number))));
      expect(relativeError(logLosses?.mean ?? 0, expected.log_loss)).toBeLessThan(1e-12);
      expect(relativeError(logLosses?.standardError ?? 0, expected.log_loss_se)).toBeLessThan(1e-12);
      const briers = meanOf(labels.map((y, i) => brierScore(probabilities[i] as number, y === 1)));
      expect(relativeError(briers?.mean ?? 0, expected.brier)).toBeLessThan(1e-12);
      expect(relativeError(briers?.standardError ?? 0, expected.brier_se)).toBeLessThan(1e-12);
    },
  );

  it('are lowest, on average, for the probability that is true', () => {
    const truth = 0.3;
    const expectedLoss = (p: number) => truth * logLoss(p) + (1 - truth) * logLoss(1 - p);
    const expectedBrier = (p: number) => truth * brierScore(p, true) + (1 - truth) * brierScore(p, false);
    for (const p of [0, 0.1, 0.29, 0.31, 0.5, 1]) {
      expect(expectedLoss(p)).toBeGreaterThan(expectedLoss(truth));
      expect(expectedBrier(p)).toBeGreaterThan(expectedBrier(truth));
    }
  });

  it('of one sure mistake are large and finite', () => {
    expect(logLoss(0)).toBeCloseTo(34.54, 2);
    expect(logLoss(1)).toBeCloseTo(0, 15);
    expect(brierScore(0, true)).toBe(1);
    expect(multiclassBrierScore([1, 0, 0], 2)).toBe(2);
  });

  it('of two classes are twice the binary Brier score', () => {
    expect(multiclassBrierScore([0.2, 0.8], 1)).toBeCloseTo(2 * brierScore(0.8, true), 15);
    expect(multiclassBrierScore([0.2, 0.7, 0.1], 1)).toBeCloseTo(0.14, 15);
  });

  it('refuse what is no probability or no class', () => {
    expect(() => logLoss(1.1)).toThrow(RangeError);
    expect(() => logLoss(Number.NaN)).toThrow(RangeError);
    expect(() => brierScore(-0.1, true)).toThrow(RangeError);
    expect(() => multiclassBrierScore([0.5, 1.5], 0)).toThrow(RangeError);
    expect(() => multiclassBrierScore([0.5, 0.5], 2)).toThrow(RangeError);
    expect(() => multiclassBrierScore([0.5, 0.5], 0.5)).toThrow(RangeError);
  });
});
