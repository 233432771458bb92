import fc from 'fast-check';
import { type CalibrationBins, calibrationBin, calibrationOf } from '../../../src/statistics/calibration';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

function binned(predictions: readonly (readonly [probability: number, isTrue: boolean])[], bins = 10): CalibrationBins {
  const counts = new Array<number>(bins).fill(0);
  const probabilities = [...counts];
  const positives = [...counts];
  for (const [probability, isTrue] of predictions) {
    const bin = calibrationBin(probability, bins);
    counts[bin] = (counts[bin] as number) + 1;
    probabilities[bin] = (probabilities[bin] as number) + probability;
    positives[bin] = (positives[bin] as number) + Number(isTrue);
  }
  return { counts, probabilities, positives };
}

const predictions = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { minLength: 1, maxLength: 60 });

describe('calibrationOf', () => {
  it.each(modelComparison.classifier_metrics)('expected error of $labels.length predictions', ({ labels, probabilities, expected }) => {
    const bins = binned(labels.map((label, i) => [probabilities[i] as number, label === 1] as const));
    expect(relativeError(calibrationOf(bins)?.expectedError ?? 0, expected.ece_10_equal_width)).toBeLessThan(1e-12);
  });

  it('is at least the size of the bias, and at most the worst bin', () => {
    fc.assert(
      fc.property(predictions, (list) => {
        const { expectedError, maximumError, bias } = calibrationOf(binned(list)) ?? { expectedError: 2, maximumError: 0, bias: 0 };
        expect(Math.abs(bias)).toBeLessThanOrEqual(expectedError + 1e-12);
        expect(expectedError).toBeLessThanOrEqual(maximumError + 1e-12);
        expect(maximumError).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('from merged bins is that of all predictions', () => {
    fc.assert(
      fc.property(predictions, predictions, (first, second) => {
        const [a, b] = [binned(first), binned(second)];
        const add = (x: readonly number[], y: readonly number[]) => x.map((value, bin) => value + (y[bin] as number));
        const merged = {
          counts: add(a.counts, b.counts),
          probabilities: add(a.probabilities, b.probabilities),
          positives: add(a.positives, b.positives),
        };
        const whole = calibrationOf(binned([...first, ...second]));
        expect(calibrationOf(merged)?.expectedError).toBeCloseTo(whole?.expectedError ?? Number.NaN, 12);
      }),
    );
  });

  it('says nothing without predictions', () => {
    expect(calibrationOf(binned([]))).toBeNull();
  });

  it.each([
    { counts: [1], probabilities: [0.5, 1], positives: [1] },
    { counts: [1], probabilities: [0.5], positives: [2] },
    { counts: [-1], probabilities: [0.5], positives: [0] },
    { counts: [1], probabilities: [Number.NaN], positives: [0] },
  ])('refuses %j', (bins) => {
    expect(() => calibrationOf(bins)).toThrow(RangeError);
  });
});

describe('calibrationBin', () => {
  it('has every edge k / bins in the bin above it, whatever the product rounds to', () => {
    for (const bins of [3, 7, 10, 49, 1_000]) {
      for (let k = 0; k < bins; k++) {
        expect(calibrationBin(k / bins, bins)).toBe(k);
        if (k > 0) expect(calibrationBin((k / bins) * (1 - 2 ** -53), bins)).toBe(k - 1);
      }
      expect(calibrationBin(1, bins)).toBe(bins - 1);
    }
  });

  it('refuses what is no probability, or no number of bins', () => {
    expect(() => calibrationBin(-0.1, 10)).toThrow(RangeError);
    expect(() => calibrationBin(Number.NaN, 10)).toThrow(RangeError);
    expect(() => calibrationBin(0.5, 0)).toThrow(RangeError);
  });
});
