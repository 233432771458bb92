import type { ComparisonOptions } from '../../../src/experiments/compare-arms';
import { compareQuantiles } from '../../../src/experiments/compare-quantiles';
import { binnedSample } from '../statistics/binned-sample';
import { minstd } from '../statistics/reference-numbers';

const always: ComparisonOptions = { method: 'ALWAYS_VALID', alpha: 0.05, direction: 'lower', leastUnits: 30 };
const methods = ['ALWAYS_VALID', 'FIXED_HORIZON', 'BAYESIAN'] as const;

/** Latencies of an exponential tail above 5 ms. */
function latencies(seed: number, units: number, factor = 1): number[] {
  const random = minstd(seed);
  return Array.from({ length: units }, () => factor * (5 - 10 * Math.log(1 - random())));
}

/** The p95 of those: 5 + 10 ln 20. */
const truth = 34.957;

describe('compareQuantiles', () => {
  it('holds no difference in an A/A run, at every look', () => {
    let missed = 0;
    for (let run = 1; run <= 40; run++) {
      const [a, b] = [latencies(run, 3000), latencies(1000 + run, 3000)];
      const looks = [200, 400, 800, 1500, 3000].map((units) =>
        compareQuantiles(binnedSample(a.slice(0, units)), binnedSample(b.slice(0, units)), { ...always, quantile: 0.95 }),
      );
      const isMissed = looks.some((look) => look && (look.absoluteLift.lower > 0 || look.absoluteLift.upper < 0));
      missed += Number(isMissed);
      expect(looks.some((look) => (look?.pValue ?? 1) < 0.05)).toBe(isMissed);
      expect(looks[4]?.absoluteLift.estimate).toBeDefined();
    }
    // Five in a hundred at most are promised; nobody promises an exact number in forty.
    expect(missed).toBeLessThanOrEqual(2);
  });

  it.each(methods)('covers a difference that is there: %s', (method) => {
    const [control, treatment] = [binnedSample(latencies(3, 5000)), binnedSample(latencies(4, 5000, 1.5))];
    const found = compareQuantiles(control, treatment, { ...always, method, quantile: 0.95 });
    const { absoluteLift, relativeLift, chanceToWin, expectedLoss } = found as NonNullable<typeof found>;
    expect(absoluteLift.lower).toBeGreaterThan(0);
    expect(absoluteLift.lower).toBeLessThan(0.5 * truth);
    expect(absoluteLift.upper).toBeGreaterThan(0.5 * truth);
    expect(relativeLift?.lower).toBeLessThan(0.5);
    expect(relativeLift?.upper).toBeGreaterThan(0.5);
    expect(relativeLift?.estimate).toBeCloseTo(0.5, 1);
    expect(chanceToWin).toBeLessThan(0.01);
    expect(expectedLoss).toBeGreaterThan(1);
    if (method === 'BAYESIAN') expect(found?.pValue).toBeNull();
    else expect(found?.pValue).toBeLessThan(0.001);
  });

  it.each(methods)('does not take the width of a bin for a difference: %s', (method) => {
    // A million equal units in two neighbouring bins: their values may be the same but for a hair.
    const [control, treatment] = [
      { bins: [2500], units: [1e6] },
      { bins: [2501], units: [1e6] },
    ];
    const found = compareQuantiles(control, treatment, { ...always, method, quantile: 0.5 });
    expect(found?.absoluteLift.lower).toBeLessThanOrEqual(1e-9);
    expect(found?.pValue ?? 1).toBeGreaterThan(0.05);
    expect(found?.relativeLift?.lower).toBeLessThanOrEqual(1e-9);
  });

  it('says nothing with too few units for that quantile', () => {
    const [few, many] = [binnedSample(latencies(5, 60)), binnedSample(latencies(6, 5000))];
    expect(compareQuantiles(few, many, { ...always, quantile: 0.95 })).toBeNull();
    expect(compareQuantiles(many, few, { ...always, quantile: 0.95 })).toBeNull();
    expect(compareQuantiles(binnedSample(latencies(5, 29)), many, { ...always, quantile: 0.5 })).toBeNull();
    expect(compareQuantiles(few, many, { ...always, quantile: 0.5 })).not.toBeNull();
  });

  it('has no share of a control whose quantile may be 0', () => {
    const mostlyZero = binnedSample(Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 0 : i)));
    const { absoluteLift, relativeLift } = compareQuantiles(mostlyZero, mostlyZero, { ...always, quantile: 0.5 }) ?? {};
    expect(absoluteLift?.estimate).toBe(0);
    expect(relativeLift).toBeNull();
  });
});
