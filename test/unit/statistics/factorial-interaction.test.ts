import { factorialInteraction } from '../../../src/statistics/factorial-interaction';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import { welchTest } from '../../../src/statistics/welch-test';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

type Cell = (typeof modelComparison.interaction_2x2)[number]['cells']['a0b0'];
const armOf = ({ n, sum, sum_squares: sumOfSquares }: Cell) => meanOfSums({ units: n, sum, sumOfSquares }) as ArmEstimate;

describe('factorialInteraction', () => {
  it.each(modelComparison.interaction_2x2)('difference in differences of $expected.interaction', ({ cells, expected }) => {
    const [neither, onlyA, onlyB, both] = [cells.a0b0, cells.a1b0, cells.a0b1, cells.a1b1].map(armOf) as [
      ArmEstimate,
      ArmEstimate,
      ArmEstimate,
      ArmEstimate,
    ];
    const lift = factorialInteraction({ neither, onlyA, onlyB, both });
    expect(relativeError(lift.estimate, expected.interaction)).toBeLessThan(1e-12);
    expect(relativeError(lift.standardError, expected.se)).toBeLessThan(1e-12);
    const test = welchTest({ lift, degreesOfFreedom: Infinity, alpha: 0.05 });
    expect(relativeError(test.statistic, expected.z)).toBeLessThan(1e-12);
    expect(relativeError(test.pValue, expected.p)).toBeLessThan(1e-11);
  });

  it('is 0 when effects add up, and the same with the experiments swapped', () => {
    const arm = (mean: number) => ({ mean, standardError: 0.1, units: 100 });
    expect(factorialInteraction({ neither: arm(1), onlyA: arm(1.5), onlyB: arm(1.25), both: arm(1.75) }).estimate).toBe(0);
    const arms = { neither: arm(1), onlyA: arm(2), onlyB: arm(4), both: arm(7) };
    const swapped = { ...arms, onlyA: arms.onlyB, onlyB: arms.onlyA };
    expect(factorialInteraction(swapped)).toEqual(factorialInteraction(arms));
    expect(factorialInteraction(arms).standardError).toBeCloseTo(0.2, 12);
  });
});
