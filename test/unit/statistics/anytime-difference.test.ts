import fc from 'fast-check';
import { anytimeDifference, type ShapedArm } from '../../../src/statistics/anytime-difference';
import { asymptoticConfidenceSequence } from '../../../src/statistics/asymptotic-confidence-sequence';
import { effectiveSampleSize } from '../../../src/statistics/effective-sample-size';
import { absoluteLift } from '../../../src/statistics/lift';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import { withoutSkewness, withSkewness } from '../../../src/statistics/skewness-correction';
import { thirdCentralMoment } from '../../../src/statistics/third-moment';
import { minstd } from './reference-numbers';

interface Counts {
  units: number;
  ones: number;
}

const alpha = 0.05;
const share = (units: number, ones: number): ShapedArm => {
  const estimate = meanOfSums({ units, sum: ones, sumOfSquares: ones }) as ArmEstimate;
  return { ...estimate, thirdMoment: thirdCentralMoment({ units, sum: ones, sumOfSquares: ones, sumOfCubes: ones }) };
};
const anArm = fc
  .tuple(fc.integer({ min: 30, max: 5_000 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }))
  .map(([units, part]) => share(units, Math.min(units - 1, Math.max(1, Math.round(units * part)))));

describe('anytimeDifference', () => {
  it('is the plain sequence for equal arms without third moments', () => {
    const arm = ({ mean, standardError }: ShapedArm) => ({ mean, standardError, units: 500 });
    fc.assert(
      fc.property(anArm, anArm, (one, other) => {
        const [control, treatment] = [arm(one), arm(other)];
        const plain = asymptoticConfidenceSequence({ ...absoluteLift(control, treatment), sampleSize: 1_000, alpha });
        expect(anytimeDifference(control, treatment, { alpha })).toEqual(plain);
      }),
    );
  });

  it('never narrows and never lowers p by what it knows of the shape', () => {
    fc.assert(
      fc.property(anArm, anArm, (control, treatment) => {
        const plain = anytimeDifference({ ...control, thirdMoment: 0 }, { ...treatment, thirdMoment: 0 }, { alpha });
        const shaped = anytimeDifference(control, treatment, { alpha });
        expect(shaped.lower).toBeLessThanOrEqual(plain.lower + 1e-12);
        expect(shaped.upper).toBeGreaterThanOrEqual(plain.upper - 1e-12);
        expect(shaped.pValue).toBeGreaterThanOrEqual(plain.pValue * (1 - 1e-9));
      }),
    );
  });

  it('excludes 0 exactly when p is below alpha', () => {
    fc.assert(
      fc.property(anArm, anArm, (control, treatment) => {
        const { lower, upper, pValue } = anytimeDifference(control, treatment, { alpha });
        if (Math.min(Math.abs(lower), Math.abs(upper)) > 1e-9) expect(lower > 0 || upper < 0).toBe(pValue < alpha);
      }),
    );
  });

  it('is turned over when the arms are swapped', () => {
    fc.assert(
      fc.property(anArm, anArm, (control, treatment) => {
        const forth = anytimeDifference(control, treatment, { alpha });
        const back = anytimeDifference(treatment, control, { alpha });
        expect(back.lower).toBeCloseTo(-forth.upper, 10);
        expect(back.upper).toBeCloseTo(-forth.lower, 10);
        expect(back.pValue).toBeCloseTo(forth.pValue, 10);
      }),
    );
  });

  it('reaches further up where a rare value may not have come yet', () => {
    const { lower, upper } = anytimeDifference(share(2_700, 54), share(300, 6), { alpha });
    const middle = share(300, 6).mean - share(2_700, 54).mean;
    expect(upper - middle).toBeGreaterThan(1.2 * (middle - lower));
  });

  it('refuses a third moment that is not finite', () => {
    const arm = share(100, 10);
    expect(() => anytimeDifference(arm, { ...arm, thirdMoment: Number.NaN }, { alpha })).toThrow(RangeError);
  });
});

describe('effectiveSampleSize', () => {
  it('is at most the number of units, and that for equal arms', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 1, max: 1e7 }), (one, other) => {
        expect(effectiveSampleSize(one, other)).toBeLessThanOrEqual((one + other) * (1 + 1e-15));
        expect(effectiveSampleSize(one, other)).toBe(effectiveSampleSize(other, one));
        expect(effectiveSampleSize(one, one) / (2 * one)).toBeCloseTo(1, 14);
      }),
    );
    expect(() => effectiveSampleSize(0, 1)).toThrow(RangeError);
  });
});

describe('the skewness correction', () => {
  it('rises, and its inverse undoes it', () => {
    const t = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(t, t, fc.double({ min: -1, max: 1, noNaN: true }), (one, other, skewness) => {
        expect(withSkewness(withoutSkewness(one, skewness), skewness)).toBeCloseTo(one, 4);
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(withoutSkewness(low, skewness)).toBeLessThanOrEqual(withoutSkewness(high, skewness) + 1e-12);
      }),
    );
    expect(withoutSkewness(2, 0)).toBe(2);
    expect(withSkewness(2, 0)).toBe(2);
  });
});

describe('thirdCentralMoment', () => {
  it('equals the definition', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 }), (values) => {
        const sum = (power: number) => values.reduce((total, value) => total + value ** power, 0);
        const mean = sum(1) / values.length;
        const expected = values.reduce((total, value) => total + (value - mean) ** 3, 0) / values.length;
        const moment = thirdCentralMoment({ units: values.length, sum: sum(1), sumOfSquares: sum(2), sumOfCubes: sum(3) });
        expect(Math.abs(moment - expected)).toBeLessThan(1e-8);
      }),
    );
    expect(thirdCentralMoment({ units: 0, sum: 0, sumOfSquares: 0, sumOfCubes: 0 })).toBe(0);
    expect(() => thirdCentralMoment({ units: -1, sum: 0, sumOfSquares: 0, sumOfCubes: 0 })).toThrow(RangeError);
    expect(() => thirdCentralMoment({ units: 1, sum: Number.NaN, sumOfSquares: 0, sumOfCubes: 0 })).toThrow(RangeError);
  });
});

describe('looking 40 times at 2% against 10% with a tenth of the units treated', () => {
  it('misses the truth no more often than alpha says, where the plain sequence does', () => {
    const [random, runs, truth] = [minstd(20_240_614), 400, 0.08];
    let [shaped, plain] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const counts: [Counts, Counts] = [
        { units: 0, ones: 0 },
        { units: 0, ones: 0 },
      ];
      const missed = { shaped: false, plain: false };
      for (let look = 1; look <= 40; look++) {
        for (let unit = 0; unit < 60; unit++) {
          const treated = random() < 0.1;
          const arm = counts[treated ? 1 : 0];
          arm.units += 1;
          arm.ones += Number(random() < (treated ? 0.1 : 0.02));
        }
        if (counts[1].units < 30) continue;
        const [control, treatment] = [share(counts[0].units, counts[0].ones), share(counts[1].units, counts[1].ones)];
        if (treatment.standardError === 0 && control.standardError === 0) continue;
        const misses = ({ lower, upper }: { lower: number; upper: number }) => truth < lower || truth > upper;
        missed.shaped ||= misses(anytimeDifference(control, treatment, { alpha }));
        missed.plain ||= misses(asymptoticConfidenceSequence({ ...absoluteLift(control, treatment), sampleSize: look * 60, alpha }));
      }
      shaped += Number(missed.shaped);
      plain += Number(missed.plain);
    }
    expect(shaped / runs).toBeLessThanOrEqual(alpha);
    expect(plain / runs).toBeGreaterThan(alpha);
  });
});
