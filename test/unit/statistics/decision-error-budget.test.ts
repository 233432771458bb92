import { decisionErrorBudget } from '../../../src/statistics/decision-error-budget';
import { relativeError } from './reference-numbers';
import { spotify } from './spotify-numbers';

describe('decisionErrorBudget', () => {
  it.each(spotify.spotOne.map((row) => [row.id, row] as const))("%s: alpha as Spotify's Confidence", (_, { alpha, rows }) => {
    const guardrailTests = rows.filter((row) => row.non_inferiority_margin !== null).length;
    const budget = decisionErrorBudget({ alpha, power: 0.8, successTests: rows.length - guardrailTests, guardrailTests });
    for (const { p_value: pValue, expected } of rows) {
      expect(relativeError(budget.alpha, expected.adjusted_alpha)).toBeLessThan(1e-12);
      expect(pValue < budget.alpha).toBe(expected.is_significant);
      // p as many times larger as alpha is smaller.
      expect(relativeError(Math.min(1, (pValue * alpha) / budget.alpha), expected.adjusted_p_value)).toBeLessThan(1e-12);
    }
  });

  it('leaves a decision of one test as it is', () => {
    for (const tests of [
      { successTests: 1, guardrailTests: 0 },
      { successTests: 0, guardrailTests: 1 },
    ]) {
      const budget = decisionErrorBudget({ alpha: 0.05, power: 0.8, ...tests });
      expect(budget.alpha).toBe(0.05);
      expect(budget.power).toBeCloseTo(0.8, 15);
    }
  });

  it('divides alpha among successes, and misses among guardrails and the success', () => {
    const budget = decisionErrorBudget({ alpha: 0.05, power: 0.8, successTests: 2, guardrailTests: 3 });
    expect(budget.alpha).toBe(0.025);
    expect(budget.power).toBeCloseTo(0.95, 15);
  });

  it.each([
    { alpha: 0 },
    { alpha: 1 },
    { power: 1 },
    { power: Number.NaN },
    { successTests: 0.5 },
    { successTests: 0 },
    { guardrailTests: -1 },
  ])('refuses %j', (change) => {
    const plan = { alpha: 0.05, power: 0.8, successTests: 1, guardrailTests: 0 };
    expect(() => decisionErrorBudget({ ...plan, ...change })).toThrow(RangeError);
  });
});
