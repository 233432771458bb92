import fc from 'fast-check';
import {
  differenceSums,
  type PairedSums,
  pairedDifference,
  pairedDifferenceLook,
  pairedVarianceRatio,
} from '../../../src/statistics/paired-difference';
import { type ArmEstimate, meanOfSums, ratioOfSums } from '../../../src/statistics/ratio-of-sums';
import { welchDegreesOfFreedom, welchTest } from '../../../src/statistics/welch-test';
import { modelComparison } from './model-comparison-numbers';
import { minstd, relativeError } from './reference-numbers';

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

function pairedSums(control: readonly number[], treatment: readonly number[]): PairedSums {
  return {
    pairs: control.length,
    control: sumOf(control),
    treatment: sumOf(treatment),
    controlSquared: sumOf(control.map((c) => c * c)),
    treatmentSquared: sumOf(treatment.map((t) => t * t)),
    product: sumOf(control.map((c, i) => c * (treatment[i] as number))),
  };
}

const armOf = (values: readonly number[]) =>
  meanOfSums({ units: values.length, sum: sumOf(values), sumOfSquares: sumOf(values.map((x) => x * x)) }) as ArmEstimate;
const integerPairs = fc.array(fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 })), {
  minLength: 2,
  maxLength: 40,
});

describe('pairedDifference', () => {
  it.each(modelComparison.paired_t)('is the paired t test over $expected.dof degrees of freedom', ({ control, treatment, expected }) => {
    const differences = treatment.map((t, i) => t - (control[i] as number));
    const direct = { units: differences.length, sum: sumOf(differences), sumOfSquares: sumOf(differences.map((d) => d * d)) };
    for (const sums of [direct, pairedSums(control, treatment)]) {
      const difference = pairedDifference(sums) as ArmEstimate;
      expect(relativeError(difference.mean, expected.mean_difference)).toBeLessThan(1e-10);
      expect(relativeError(difference.standardError, expected.se)).toBeLessThan(1e-10);
      const lift = { estimate: difference.mean, standardError: difference.standardError };
      const test = welchTest({ lift, degreesOfFreedom: difference.units - 1, alpha: 0.05 });
      expect(relativeError(test.statistic, expected.t)).toBeLessThan(1e-10);
      expect(relativeError(test.pValue, expected.p)).toBeLessThan(1e-9);
      expect(relativeError(test.lower, expected.ci95[0])).toBeLessThan(1e-8);
      expect(relativeError(test.upper, expected.ci95[1])).toBeLessThan(1e-8);
    }
    expect(
      relativeError(pairedVarianceRatio(pairedSums(control, treatment)) ?? 0, expected.variance_ratio_paired_over_unpaired),
    ).toBeLessThan(1e-10);
    const [a, b] = [armOf(control), armOf(treatment)];
    const lift = { estimate: b.mean - a.mean, standardError: Math.hypot(a.standardError, b.standardError) };
    const unpaired = welchTest({ lift, degreesOfFreedom: welchDegreesOfFreedom(a, b), alpha: 0.05 });
    expect(relativeError(unpaired.pValue, expected.unpaired_welch_p)).toBeLessThan(1e-9);
  });

  it('has the variance of two arms less twice the covariance', () => {
    fc.assert(
      fc.property(integerPairs, (list) => {
        const [control, treatment] = [list.map(([c]) => c), list.map(([, t]) => t)];
        const n = list.length;
        const [a, b] = [armOf(control), armOf(treatment)];
        const covariance = sumOf(list.map(([c, t]) => (c - a.mean) * (t - b.mean))) / (n - 1) / n;
        const paired = pairedDifference(pairedSums(control, treatment)) as ArmEstimate;
        expect(paired.standardError ** 2).toBeCloseTo(a.standardError ** 2 + b.standardError ** 2 - 2 * covariance, 6);
      }),
    );
  });

  it('from merged sums is that of all pairs, bit for bit for whole numbers', () => {
    fc.assert(
      fc.property(integerPairs, fc.nat(40), (list, cut) => {
        const sumsOf = (part: typeof list) =>
          pairedSums(
            part.map(([c]) => c),
            part.map(([, t]) => t),
          );
        const [first, second] = [sumsOf(list.slice(0, cut)), sumsOf(list.slice(cut))];
        const keys = Object.keys(first) as (keyof PairedSums)[];
        const merged = Object.fromEntries(keys.map((key) => [key, first[key] + second[key]])) as unknown as PairedSums;
        expect(pairedDifference(merged)).toEqual(pairedDifference(sumsOf(list)));
      }),
    );
  });

  it('over units with many pairs is the ratio of sums', () => {
    const units = [[1, -1, 0], [2], [0, 0, 1, 1]];
    const sums = units.map(sumOf);
    const clustered = ratioOfSums({
      units: 3,
      numerator: sumOf(sums),
      denominator: sumOf(units.map((unit) => unit.length)),
      numeratorSquared: sumOf(sums.map((s) => s * s)),
      denominatorSquared: sumOf(units.map((unit) => unit.length ** 2)),
      product: sumOf(sums.map((s, i) => s * (units[i] as number[]).length)),
    });
    const flat = units.flat();
    expect(clustered?.mean).toBeCloseTo(
      pairedDifference({ units: 8, sum: sumOf(flat), sumOfSquares: sumOf(flat.map((d) => d * d)) })?.mean ?? 0,
    );
  });

  it('says nothing about fewer than two pairs, and never sees a negative variance', () => {
    expect(pairedDifference({ units: 1, sum: 3, sumOfSquares: 9 })).toBeNull();
    expect(pairedVarianceRatio(pairedSums([1], [2]))).toBeNull();
    expect(pairedVarianceRatio(pairedSums([1, 1], [2, 2]))).toBeNull();
    expect(
      differenceSums({ pairs: 2, control: 0.2, treatment: 0.2, controlSquared: 0.02, treatmentSquared: 0.02, product: 0.021 }).sumOfSquares,
    ).toBe(0);
    expect(() => pairedDifference({ units: 2.5, sum: 3, sumOfSquares: 9 })).toThrow(RangeError);
  });
});

describe('pairedDifferenceLook', () => {
  const alpha = 0.05;

  it('errs at most as often as alpha says in 30 looks at two models that are equally good on the same inputs', () => {
    const random = minstd(7_001);
    const runs = 400;
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const sums = { units: 0, sum: 0, sumOfSquares: 0 };
      let isCalled = false;
      for (let look = 1; look <= 30; look++) {
        for (let pair = 0; pair < 40; pair++) {
          // Eight of ten inputs are answered alike; the others by luck.
          const difference = random() < 0.8 ? 0 : random() < 0.5 ? 1 : -1;
          sums.units += 1;
          sums.sum += difference;
          sums.sumOfSquares += difference * difference;
        }
        isCalled ||= pairedDifferenceLook(pairedDifference(sums) as ArmEstimate, { alpha }).pValue <= alpha;
      }
      if (isCalled) alarms += 1;
    }
    expect(alarms / runs).toBeLessThanOrEqual(alpha + 2 * Math.sqrt((alpha * (1 - alpha)) / runs));
  });

  it('is tuned by the number of pairs', () => {
    const difference = { mean: 0.02, standardError: 0.004, units: 500 };
    const tuned = pairedDifferenceLook(difference, { alpha, tuningSampleSize: 500 });
    const untuned = pairedDifferenceLook(difference, { alpha });
    expect(tuned.upper).toBeLessThan(untuned.upper);
    expect(tuned.lower + tuned.upper).toBeCloseTo(0.04, 12);
    expect(() => pairedDifferenceLook(difference, { alpha: 1 })).toThrow(RangeError);
  });
});
