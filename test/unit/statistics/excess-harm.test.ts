import fc from 'fast-check';
import { excessHarm, withLeastSpread } from '../../../src/statistics/excess-harm';
import { relativeLift } from '../../../src/statistics/lift';
import type { ArmEstimate } from '../../../src/statistics/ratio-of-sums';

const arm = (mean: number, standardError = 0.1, units = 100): ArmEstimate => ({ mean, standardError, units });
const means = fc.double({ min: -100, max: 100, noNaN: true });
const errors = fc.double({ min: 0.001, max: 10, noNaN: true });
const tolerances = fc.double({ min: 0, max: 2, noNaN: true });

describe('excessHarm', () => {
  it('is what the treatment is worse, less what is tolerated, and its standard error that of the contrast', () => {
    const { estimate, standardError } = excessHarm(arm(5, 0.1), arm(8, 0.2), { worse: 'higher', maxRelativeHarm: 0.1 });
    expect(estimate).toBeCloseTo(2.5, 12);
    expect(standardError).toBeCloseTo(Math.hypot(0.2, 0.11), 12);
    expect(excessHarm(arm(0.9, 0.01), arm(0.8, 0.02), { worse: 'lower', maxRelativeHarm: 0.05 }).estimate).toBeCloseTo(0.055, 12);
  });

  it('is above 0 exactly when the relative lift is worse than tolerated', () => {
    fc.assert(
      fc.property(means, means, tolerances, fc.constantFrom('higher' as const, 'lower' as const), (control, treatment, h, worse) => {
        const lift = relativeLift(arm(control), arm(treatment));
        if (lift === null || Math.abs(control) < 1e-3) return;
        const harm = worse === 'higher' ? lift.estimate : -lift.estimate;
        const { estimate } = excessHarm(arm(control), arm(treatment), { worse, maxRelativeHarm: h });
        if (Math.abs(harm - h) > 1e-9) expect(estimate > 0).toBe(harm > h);
      }),
    );
  });

  it('holds for a control whose mean is 0: any harm is too much', () => {
    const tolerance = { worse: 'higher', maxRelativeHarm: 0.5 } as const;
    expect(excessHarm(arm(0, 0.01), arm(0.2), tolerance).estimate).toBeCloseTo(0.2, 12);
    expect(excessHarm(arm(0, 0.01), arm(0), tolerance).estimate).toBeCloseTo(0, 12);
  });

  it('falls as more is tolerated', () => {
    fc.assert(
      fc.property(means, means, errors, tolerances, tolerances, (control, treatment, error, one, two) => {
        const excess = (maxRelativeHarm: number) =>
          excessHarm(arm(control, error), arm(treatment), { worse: 'higher', maxRelativeHarm }).estimate;
        expect(excess(Math.max(one, two))).toBeLessThanOrEqual(excess(Math.min(one, two)) + 1e-9);
      }),
    );
  });

  it.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a tolerance of %p', (maxRelativeHarm) => {
    expect(() => excessHarm(arm(1), arm(1), { worse: 'higher', maxRelativeHarm })).toThrow(RangeError);
  });
});

describe('withLeastSpread', () => {
  it('gives an arm in which nothing varied the spread of one success and one failure more', () => {
    const share = 1 / 32;
    expect(withLeastSpread(arm(0, 0, 30)).standardError).toBeCloseTo(Math.sqrt((share * (1 - share)) / 30), 12);
    expect(withLeastSpread(arm(1, 0, 30)).standardError).toBeCloseTo(withLeastSpread(arm(0, 0, 30)).standardError, 12);
  });

  it('leaves one in which something varied as it is', () => {
    expect(withLeastSpread(arm(0.3, 0.02, 30))).toEqual(arm(0.3, 0.02, 30));
  });
});
