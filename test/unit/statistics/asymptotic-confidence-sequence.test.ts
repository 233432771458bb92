import fc from 'fast-check';
import { asymptoticConfidenceSequence } from '../../../src/statistics/asymptotic-confidence-sequence';
import { absoluteLift } from '../../../src/statistics/lift';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import { growthBook } from './growthbook-statistics';
import { minstd, referenceNumbers, relativeError } from './reference-numbers';

const paper = referenceNumbers<{
  intervals: { alpha: number; tuningSampleSize: number; sampleSize: number; halfWidth: number }[];
  pValues: { rho: number; sampleSize: number; z: number; pValue: number }[];
}>('asymptotic-confidence-sequence');

const halfWidth = (alpha: number, tuningSampleSize: number, sampleSize: number) =>
  asymptoticConfidenceSequence({ estimate: 0, standardError: 1 / Math.sqrt(sampleSize), sampleSize, alpha, tuningSampleSize }).upper;

describe('asymptoticConfidenceSequence', () => {
  it.each(paper.intervals)("has the paper's width: %j", (row) => {
    expect(relativeError(halfWidth(row.alpha, row.tuningSampleSize, row.sampleSize), row.halfWidth)).toBeLessThan(1e-12);
  });

  it.each(paper.pValues)("has the paper's p: %j", ({ rho, sampleSize, z, pValue }) => {
    const alpha = 0.05;
    const tuningSampleSize = (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / rho ** 2;
    const look = asymptoticConfidenceSequence({ estimate: z, standardError: 1, sampleSize, alpha, tuningSampleSize });
    expect(relativeError(look.pValue, pValue)).toBeLessThan(1e-12);
  });

  it.each(growthBook.halfWidths)("has GrowthBook's widths at alpha $alpha tuned for $tuningSampleSize", (row) => {
    for (const { sampleSize, halfWidth: expected } of row.halfWidths) {
      expect(relativeError(halfWidth(row.alpha, row.tuningSampleSize, sampleSize), expected)).toBeLessThan(1e-12);
    }
  });

  it.each(growthBook.sequential.map((row) => [row.id, row] as const))('%s: interval and p as GrowthBook', (_, row) => {
    const look = asymptoticConfidenceSequence(row);
    const scale = Math.max(...row.interval.map(Math.abs));
    expect(Math.abs(look.lower - row.interval[0]) / scale).toBeLessThan(1e-12);
    expect(Math.abs(look.upper - row.interval[1]) / scale).toBeLessThan(1e-12);
    expect(relativeError(look.pValue, row.pValue)).toBeLessThan(1e-11);
  });

  it('is tuned for 5,000 units unless told otherwise', () => {
    const look = { estimate: 0.1, standardError: 0.02, sampleSize: 5_000, alpha: 0.05 };
    expect(asymptoticConfidenceSequence(look)).toEqual(asymptoticConfidenceSequence({ ...look, tuningSampleSize: 5_000 }));
  });

  it('excludes 0 exactly when p is below alpha', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -10, max: 10, noNaN: true }),
        fc.integer({ min: 1, max: 1e7 }),
        fc.double({ min: 1e-4, max: 0.5, noNaN: true }),
        (z, sampleSize, alpha) => {
          const { lower, upper, pValue } = asymptoticConfidenceSequence({ estimate: z, standardError: 1, sampleSize, alpha });
          const margin = Math.min(Math.abs(lower), Math.abs(upper));
          if (margin > 1e-9) expect(lower > 0 || upper < 0).toBe(pValue < alpha);
        },
      ),
    );
  });

  it('is wider than the fixed-horizon interval, and the wider the smaller alpha', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), (sampleSize) => {
        expect(halfWidth(0.05, 5_000, sampleSize) * Math.sqrt(sampleSize)).toBeGreaterThan(1.96);
        expect(halfWidth(0.01, 5_000, sampleSize)).toBeGreaterThan(halfWidth(0.05, 5_000, sampleSize));
      }),
    );
  });

  it('without spread is sure, unless the estimate is 0', () => {
    const look = { standardError: 0, sampleSize: 60, alpha: 0.05 };
    expect(asymptoticConfidenceSequence({ ...look, estimate: 0.3 })).toEqual({ lower: 0.3, upper: 0.3, pValue: 0 });
    expect(asymptoticConfidenceSequence({ ...look, estimate: 0 })).toEqual({ lower: 0, upper: 0, pValue: 1 });
  });

  it.each([
    { estimate: Number.NaN },
    { standardError: -1 },
    { standardError: Number.POSITIVE_INFINITY },
    { sampleSize: 0 },
    { alpha: 0 },
    { alpha: 1 },
    { tuningSampleSize: 0 },
  ])('refuses %p', (change) => {
    const look = { estimate: 0, standardError: 1, sampleSize: 100, alpha: 0.05 };
    expect(() => asymptoticConfidenceSequence({ ...look, ...change })).toThrow(RangeError);
  });
});

describe('looking 30 times at an A/A test of a 30% proportion', () => {
  const alpha = 0.05;
  const runs = 1_000;
  const unitsPerLook = 40;
  const random = minstd(20_240_229);

  const bernoulliArm = (units: number, successes: number) => meanOfSums({ units, sum: successes, sumOfSquares: successes }) as ArmEstimate;

  /** Whether some look of one run called a difference: by the sequence, and by an ordinary 5% test. */
  function run(): { sequence: boolean; fixedHorizon: boolean } {
    const successes = [0, 0];
    const called = { sequence: false, fixedHorizon: false };
    for (let look = 1; look <= 30; look++) {
      for (const arm of [0, 1]) {
        for (let unit = 0; unit < unitsPerLook; unit++) successes[arm] = (successes[arm] as number) + Number(random() < 0.3);
      }
      const units = look * unitsPerLook;
      const [control, treatment] = successes.map((count) => bernoulliArm(units, count)) as [ArmEstimate, ArmEstimate];
      const lift = absoluteLift(control, treatment);
      called.sequence ||= asymptoticConfidenceSequence({ ...lift, sampleSize: 2 * units, alpha }).pValue <= alpha;
      called.fixedHorizon ||= Math.abs(lift.estimate) > 1.96 * lift.standardError;
    }
    return called;
  }

  const results = Array.from({ length: runs }, run);
  const share = (kind: 'sequence' | 'fixedHorizon') => results.filter((result) => result[kind]).length / runs;

  it('errs at most as often as alpha says, where an ordinary test errs five times as often', () => {
    expect(share('sequence')).toBeLessThanOrEqual(alpha + 2 * Math.sqrt((alpha * (1 - alpha)) / runs));
    expect(share('fixedHorizon')).toBeGreaterThan(0.2);
  });
});
