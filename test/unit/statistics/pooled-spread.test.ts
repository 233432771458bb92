import fc from 'fast-check';
import { asymptoticConfidenceSequence } from '../../../src/statistics/asymptotic-confidence-sequence';
import { absoluteLift } from '../../../src/statistics/lift';
import { type ArmPair, withPooledSpread } from '../../../src/statistics/pooled-spread';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import { minstd } from './reference-numbers';

const proportion = (units: number, successes: number) => meanOfSums({ units, sum: successes, sumOfSquares: successes }) as ArmEstimate;
const anArm = fc.record({
  mean: fc.double({ min: -100, max: 100, noNaN: true }),
  standardError: fc.double({ min: 0, max: 10, noNaN: true }),
  units: fc.integer({ min: 2, max: 1_000_000 }),
});
const standardErrorOf = ({ control, treatment }: ArmPair) => absoluteLift(control, treatment).standardError;

describe('withPooledSpread', () => {
  it('is the pooled two-proportion standard error when a small arm saw no event', () => {
    const pair = withPooledSpread({ control: proportion(970, 20), treatment: proportion(30, 0) });
    const pooledVariance = (970 * proportion(970, 20).standardError ** 2 * 970) / 1_000;
    expect(standardErrorOf(pair)).toBeCloseTo(Math.sqrt(pooledVariance * (1 / 970 + 1 / 30)), 14);
  });

  it('never lowers the standard error of the difference, and leaves means, sizes and equal arms alone', () => {
    fc.assert(
      fc.property(anArm, anArm, (control, treatment) => {
        const pair = withPooledSpread({ control, treatment });
        expect(standardErrorOf(pair)).toBeGreaterThanOrEqual(standardErrorOf({ control, treatment }) * (1 - 1e-14));
        expect([pair.control.mean, pair.treatment.mean]).toEqual([control.mean, treatment.mean]);
        expect([pair.control.units, pair.treatment.units]).toEqual([control.units, treatment.units]);
        const equal = { control, treatment: { ...treatment, units: control.units } };
        expect(withPooledSpread(equal)).toEqual(equal);
      }),
    );
  });

  it('treats both arms alike', () => {
    fc.assert(
      fc.property(anArm, anArm, (one, other) => {
        const forth = withPooledSpread({ control: one, treatment: other });
        const back = withPooledSpread({ control: other, treatment: one });
        expect(standardErrorOf(back)).toBeCloseTo(standardErrorOf(forth), 10);
      }),
    );
  });

  it('keeps the separate spreads when the smaller arm varies more', () => {
    const pair = { control: proportion(9_000, 90), treatment: proportion(1_000, 500) };
    expect(withPooledSpread(pair)).toEqual(pair);
  });
});

describe('looking 30 times at an A/A test of a 2% share with 10% of the units in one arm', () => {
  const alpha = 0.05;
  const runs = 400;
  const unitsPerLook = 300;
  const random = minstd(20_240_301);

  function run(): { separate: boolean; pooled: boolean } {
    const arms = { control: { units: 0, successes: 0 }, treatment: { units: 0, successes: 0 } };
    const called = { separate: false, pooled: false };
    for (let look = 1; look <= 30; look++) {
      for (let unit = 0; unit < unitsPerLook; unit++) {
        const arm = random() < 0.1 ? arms.treatment : arms.control;
        arm.units += 1;
        arm.successes += Number(random() < 0.02);
      }
      if (arms.treatment.units < 30) continue;
      const pair = {
        control: proportion(arms.control.units, arms.control.successes),
        treatment: proportion(arms.treatment.units, arms.treatment.successes),
      };
      const pValue = ({ control, treatment }: ArmPair) =>
        asymptoticConfidenceSequence({ ...absoluteLift(control, treatment), sampleSize: look * unitsPerLook, alpha }).pValue;
      called.separate ||= pValue(pair) <= alpha;
      called.pooled ||= pValue(withPooledSpread(pair)) <= alpha;
    }
    return called;
  }

  it('errs at most as often as alpha says, where separate spreads err more than twice as often', () => {
    const results = Array.from({ length: runs }, run);
    const share = (kind: 'separate' | 'pooled') => results.filter((result) => result[kind]).length / runs;
    expect(share('pooled')).toBeLessThanOrEqual(alpha + 2 * Math.sqrt((alpha * (1 - alpha)) / runs));
    expect(share('separate')).toBeGreaterThan(2 * alpha);
  });
});
