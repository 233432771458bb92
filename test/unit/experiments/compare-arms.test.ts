import { type Comparison, compareArms } from '../../../src/experiments/compare-arms';
import type { AnalysisMethod } from '../../../src/experiments/experiment';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';

/** The minimal standard generator: the same runs on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (48_271 * state) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const [runs, looks, unitsALook] = [300, 30, 100];

describe('compareArms, where nothing differs', () => {
  it.each([
    [0.02, 0.1],
    [0.98, 0.1],
    [0.3, 0.5],
  ])('a share of %d, %d of the units in the treatment: false verdicts at most alpha, over all looks', (share, split) => {
    const random = generator(4_711);
    let wrong = 0;
    for (let run = 0; run < runs; run++) {
      const arms: [[number, number], [number, number]] = [
        [0, 0],
        [0, 0],
      ];
      let isWrong = false;
      for (let look = 0; look < looks && !isWrong; look++) {
        for (let unit = 0; unit < unitsALook; unit++) {
          const arm = arms[random() < split ? 1 : 0] as [number, number];
          arm[0]++;
          arm[1] += Number(random() < share);
        }
        const [control, treatment] = arms.map(([units, sum]) => meanOfSums({ units, sum, sumOfSquares: sum }));
        const comparison =
          control &&
          treatment &&
          compareArms(control, treatment, { alpha: 0.05, method: 'ALWAYS_VALID', direction: 'higher', leastUnits: 30 });
        isWrong = comparison !== null && comparison !== undefined && (comparison.pValue ?? 1) <= 0.05;
      }
      wrong += Number(isWrong);
    }
    expect(wrong / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });
});

describe('the methods', () => {
  const arm = (units: number, sum: number) => meanOfSums({ units, sum, sumOfSquares: sum }) as ArmEstimate;
  const compare = (method: AnalysisMethod, direction: 'higher' | 'lower' = 'higher') =>
    compareArms(arm(1000, 300), arm(1000, 350), { method, alpha: 0.05, direction, leastUnits: 30 }) as Comparison;

  it('tell one difference, the always-valid interval the widest', () => {
    const [anytime, fixed, belief] = (['ALWAYS_VALID', 'FIXED_HORIZON', 'BAYESIAN'] as const).map((method) => compare(method).absoluteLift);
    const widths = [anytime, fixed, belief].map((one) => (one?.upper ?? 0) - (one?.lower ?? 0));
    expect([anytime, fixed, belief].map((one) => one?.estimate)).toEqual([fixed?.estimate, fixed?.estimate, fixed?.estimate]);
    expect(widths[0]).toBeGreaterThan(1.5 * (widths[1] as number));
    // Student's t of 1998 degrees of freedom, and the normal.
    expect((widths[1] as number) / (widths[2] as number)).toBeCloseTo(1.9611 / 1.96, 3);
  });

  it('have a p-value each, but for the one that speaks of beliefs', () => {
    expect(compare('FIXED_HORIZON').pValue).toBeCloseTo(0.0167, 3);
    expect(compare('ALWAYS_VALID').pValue).toBeGreaterThan(0.05);
    expect(compare('BAYESIAN').pValue).toBeNull();
    expect(compare('BAYESIAN').chanceToWin).toBeCloseTo(0.9917, 3);
    expect(compare('BAYESIAN', 'lower').chanceToWin).toBeCloseTo(1 - 0.9917, 3);
  });
});
