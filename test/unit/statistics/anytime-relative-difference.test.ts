import fc from 'fast-check';
import { anytimeDifference, type ShapedArm } from '../../../src/statistics/anytime-difference';
import { anytimeRelativeDifference } from '../../../src/statistics/anytime-relative-difference';
import { asymptoticConfidenceSequence, sequentialCriticalValue } from '../../../src/statistics/asymptotic-confidence-sequence';
import { relativeLift } from '../../../src/statistics/lift';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import type { RelativeInterval } from '../../../src/statistics/relative-interval';
import { thirdCentralMoment } from '../../../src/statistics/third-moment';
import { minstd } from './reference-numbers';

const alpha = 0.05;
const share = (units: number, ones: number): ShapedArm => {
  const estimate = meanOfSums({ units, sum: ones, sumOfSquares: ones }) as ArmEstimate;
  return { ...estimate, thirdMoment: thirdCentralMoment({ units, sum: ones, sumOfSquares: ones, sumOfCubes: ones }) };
};
const anArm = fc
  .tuple(fc.integer({ min: 30, max: 5_000 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }))
  .map(([units, part]) => share(units, Math.min(units - 1, Math.max(1, Math.round(units * part)))));
const relative = (control: ShapedArm, treatment: ShapedArm) => anytimeRelativeDifference(control, treatment, { alpha }) as RelativeInterval;

describe('anytimeRelativeDifference', () => {
  it("is Fieller's interval for equal arms without third moments", () => {
    const control = { mean: 10, standardError: 0.5, units: 2_000 };
    const treatment = { mean: 13, standardError: 0.7, units: 2_000 };
    const z = sequentialCriticalValue({ sampleSize: 4_000, alpha });
    // (13 - r 10)^2 = z^2 (0.7^2 + r^2 0.5^2), r the ratio of the means.
    const [a, b, c] = [100 - z * z * 0.25, -130, 169 - z * z * 0.49];
    const root = Math.sqrt(b * b - a * c);
    const { lower, upper, estimate } = relative(control, treatment);
    expect(estimate).toBeCloseTo(0.3, 14);
    expect(lower).toBeCloseTo((-b - root) / a - 1, 8);
    expect(upper).toBeCloseTo((-b + root) / a - 1, 8);
  });

  it('holds the estimate and excludes 0 exactly when the absolute difference does', () => {
    fc.assert(
      fc.property(anArm, anArm, (control, treatment) => {
        const { estimate, lower, upper } = relative(control, treatment);
        expect(lower).toBeLessThanOrEqual(estimate);
        expect(upper).toBeGreaterThanOrEqual(estimate);
        const absolute = anytimeDifference(control, treatment, { alpha });
        if (Math.abs(absolute.pValue - alpha) > 1e-6) expect(lower > 0 || upper < 0).toBe(absolute.pValue < alpha);
      }),
      {
        numRuns: 300,
        examples: [
          [share(69, 1), share(30, 29)],
          [share(86, 77), share(30, 1)],
        ],
      },
    );
  });

  it('does not depend on the unit of the metric, and knows a negative control', () => {
    const [control, treatment] = [
      { mean: 10, standardError: 0.5, units: 400 },
      { mean: 13, standardError: 0.7, units: 900 },
    ];
    const scaled = (arm: typeof control, factor: number) => ({
      ...arm,
      mean: arm.mean * factor,
      standardError: arm.standardError * Math.abs(factor),
    });
    const forth = relative(control, treatment);
    expect(relative(scaled(control, 1_000), scaled(treatment, 1_000)).upper).toBeCloseTo(forth.upper, 7);
    const negative = relative(scaled(control, -1), scaled(treatment, -1));
    expect(negative.estimate).toBeCloseTo(-forth.estimate, 14);
    expect(negative.lower).toBeCloseTo(-forth.upper, 7);
    expect(negative.upper).toBeCloseTo(-forth.lower, 7);
  });

  it('has no end while the control cannot be told from 0, and no meaning when it is 0', () => {
    expect(relative(share(40, 1), share(40, 2)).upper).toBe(Infinity);
    expect(anytimeRelativeDifference(share(40, 0), share(40, 2), { alpha })).toBeNull();
  });
});

describe('looking 40 times at 2% in both arms', () => {
  it('misses no difference more often than alpha says, where the delta method does', () => {
    const [random, runs] = [minstd(20_240_616), 250];
    let [fieller, delta] = [0, 0];
    for (let run = 0; run < runs; run++) {
      let [controlOnes, treatmentOnes] = [0, 0];
      const missed = { fieller: false, delta: false };
      for (let look = 1; look <= 40; look++) {
        for (let unit = 0; unit < 30; unit++) {
          controlOnes += Number(random() < 0.02);
          treatmentOnes += Number(random() < 0.02);
        }
        const [control, treatment] = [share(look * 30, controlOnes), share(look * 30, treatmentOnes)];
        const lift = relativeLift(control, treatment);
        if (lift === null || treatment.standardError + control.standardError === 0) continue;
        const absolute = anytimeDifference(control, treatment, { alpha });
        missed.fieller ||= absolute.lower > 0 || absolute.upper < 0;
        const look2 = asymptoticConfidenceSequence({ ...lift, sampleSize: look * 60, alpha });
        if (lift.standardError > 0) missed.delta ||= look2.lower > 0 || look2.upper < 0;
      }
      fieller += Number(missed.fieller);
      delta += Number(missed.delta);
    }
    expect(fieller / runs).toBeLessThanOrEqual(alpha);
    expect(delta).toBeGreaterThanOrEqual(fieller);
  });
});
