import fc from 'fast-check';
import { marginTest } from '../../../src/statistics/margin-test';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

const inputs = fc.record({
  estimate: fc.double({ min: -3, max: 3, noNaN: true }),
  standardError: fc.double({ min: 0.01, max: 2, noNaN: true }),
  degreesOfFreedom: fc.integer({ min: 2, max: 500 }),
  margin: fc.double({ min: 0.1, max: 3, noNaN: true }),
  alpha: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
});

describe('marginTest', () => {
  it.each(modelComparison.margins)('$difference with a margin of $margin', ({ difference, se, dof, margin, expected }) => {
    const lift = { estimate: difference, standardError: se };
    const test = marginTest({ lift, degreesOfFreedom: dof, margin, alpha: 0.05 });
    expect(relativeError(test.nonInferiorityPValue, expected.non_inferiority_p)).toBeLessThan(1e-10);
    expect(relativeError(test.nonInferiorityPValue, expected.tost_lower_p)).toBeLessThan(1e-10);
    expect(relativeError(test.nonSuperiorityPValue, expected.tost_upper_p)).toBeLessThan(1e-10);
    expect(relativeError(test.equivalencePValue, expected.tost_p)).toBeLessThan(1e-10);
    expect(relativeError(test.superiorityPValue, expected.superiority_p_one_sided)).toBeLessThan(1e-10);
    expect(relativeError(test.lower, expected.tost_ci90[0])).toBeLessThan(1e-10);
    expect(relativeError(test.upper, expected.tost_ci90[1])).toBeLessThan(1e-10);
  });

  it('calls equivalence exactly when its interval lies within the margin, and non-inferiority when it lies above', () => {
    fc.assert(
      fc.property(inputs, ({ estimate, standardError, degreesOfFreedom, margin, alpha }) => {
        const test = marginTest({ lift: { estimate, standardError }, degreesOfFreedom, margin, alpha });
        fc.pre(Math.abs(test.lower + margin) > 1e-9 && Math.abs(test.upper - margin) > 1e-9);
        expect(test.nonInferiorityPValue < alpha).toBe(test.lower > -margin);
        expect(test.equivalencePValue < alpha).toBe(test.lower > -margin && test.upper < margin);
        expect(test.superiorityPValue).toBeGreaterThanOrEqual(test.nonInferiorityPValue);
      }),
    );
  });

  it('is a z test unless told otherwise', () => {
    const test = marginTest({ lift: { estimate: 0, standardError: 1 }, margin: 1.959963984540054, alpha: 0.025 });
    expect(test.equivalencePValue).toBeCloseTo(0.025, 12);
  });

  it.each([{ margin: 0 }, { margin: Infinity }, { alpha: 0.5 }, { alpha: 0 }, { degreesOfFreedom: 0 }])('refuses %j', (change) => {
    const input = { lift: { estimate: 0, standardError: 1 }, margin: 1, alpha: 0.05 };
    expect(() => marginTest({ ...input, ...change })).toThrow(RangeError);
  });
});
