import fc from 'fast-check';
import { chanceToWin, expectedLoss } from '../../../src/statistics/posterior';
import { growthBook } from './growthbook-statistics';
import { relativeError } from './reference-numbers';

describe('the posterior under a flat prior', () => {
  it.each(growthBook.risk)("has GrowthBook's risk: %j", (row) => {
    const posterior = { estimate: row.posterior_mean, standardError: row.posterior_stddev };
    const mirrored = { ...posterior, estimate: -posterior.estimate };
    expect(Math.abs(expectedLoss(posterior) - row.risk_treatment)).toBeLessThan(1e-15 + 1e-10 * row.risk_treatment);
    expect(Math.abs(expectedLoss(mirrored) - row.risk_control)).toBeLessThan(1e-15 + 1e-10 * row.risk_control);
  });

  it.each(growthBook.posterior.map((row) => [row.id, row] as const))('%s: chance and risk as GrowthBook', (_, row) => {
    expect(relativeError(chanceToWin(row), row.chanceToWin)).toBeLessThan(1e-12);
    expect(Math.abs(expectedLoss(row) - row.expectedLoss)).toBeLessThan(1e-12 + 1e-7 * row.expectedLoss);
  });

  it('gives the two directions chances that sum to 1, and losses that differ by the lift', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        (estimate, standardError) => {
          const [forth, back] = [
            { estimate, standardError },
            { estimate: -estimate, standardError },
          ];
          expect(chanceToWin(forth) + chanceToWin(back)).toBeCloseTo(1, 14);
          expect(expectedLoss(back) - expectedLoss(forth)).toBeCloseTo(estimate, 10);
          expect(expectedLoss(forth)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('without spread is sure', () => {
    const at = (estimate: number) => ({ estimate, standardError: 0 });
    expect([at(-2), at(0), at(2)].map(chanceToWin)).toEqual([0, 0.5, 1]);
    expect([at(-2), at(0), at(2)].map(expectedLoss)).toEqual([2, 0, 0]);
  });

  it.each([
    { estimate: Number.NaN, standardError: 1 },
    { estimate: 0, standardError: -1 },
    { estimate: 0, standardError: Number.NaN },
  ])('refuses %p', (posterior) => {
    expect(() => chanceToWin(posterior)).toThrow(RangeError);
    expect(() => expectedLoss(posterior)).toThrow(RangeError);
  });
});
