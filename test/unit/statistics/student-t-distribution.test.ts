import fc from 'fast-check';
import { normalQuantile, normalSurvival } from '../../../src/statistics/normal-distribution';
import { studentTCdf, studentTQuantile, studentTSurvival } from '../../../src/statistics/student-t-distribution';
import { relativeError } from './reference-numbers';

const anyT = fc.double({ min: -1e6, max: 1e6, noNaN: true });
/** 0.01 to 1e12, as many small ones as large ones. */
const degreesOfFreedom = fc.double({ min: -2, max: 12, noNaN: true }).map((power) => 10 ** power);
const tail = fc.oneof(
  fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
  fc.double({ min: -290, max: -1, noNaN: true }).map((power) => 10 ** power),
);

describe('Student’s t distribution', () => {
  it('has two tails that sum to 1 and mirror each other', () => {
    fc.assert(
      fc.property(anyT, degreesOfFreedom, (t, df) => {
        expect(studentTCdf(t, df) + studentTSurvival(t, df)).toBeCloseTo(1, 14);
        expect(studentTCdf(-t, df)).toBe(studentTSurvival(t, df));
      }),
    );
  });

  it('falls in the upper tail', () => {
    fc.assert(
      fc.property(anyT, anyT, degreesOfFreedom, (first, second, df) => {
        const [t, larger] = [Math.min(first, second), Math.max(first, second)];
        expect(studentTSurvival(larger, df)).toBeLessThanOrEqual(studentTSurvival(t, df) * (1 + 1e-12));
      }),
    );
  });

  it('is Cauchy’s distribution with one degree of freedom, P(T > t) = atan(1 / t) / pi', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e200, noNaN: true }), (t) => {
        expect(relativeError(studentTSurvival(t, 1), Math.atan(1 / t) / Math.PI)).toBeLessThan(1e-13);
      }),
    );
  });

  it('has a closed form with two degrees of freedom, P(T > t) = 1 / (s (s + t)), s^2 = 2 + t^2', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e100, noNaN: true }), (t) => {
        const s = Math.sqrt(2 + t * t);
        expect(relativeError(studentTSurvival(t, 2), 1 / s / (s + t))).toBeLessThan(1e-13);
      }),
    );
  });

  it('becomes the normal distribution, and is it at Infinity', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30, noNaN: true }), (t) => {
        expect(studentTSurvival(t, Infinity)).toBe(normalSurvival(t));
        expect(relativeError(studentTSurvival(t, 1e24), normalSurvival(t))).toBeLessThan(1e-12);
        expect(relativeError(studentTSurvival(t, 1e15), normalSurvival(t))).toBeLessThan(1e-9);
      }),
    );
    expect(studentTQuantile(0.975, Infinity)).toBe(normalQuantile(0.975));
  });

  it('has a quantile that inverts both tails', () => {
    fc.assert(
      fc.property(tail, degreesOfFreedom, (p, df) => {
        const t = studentTQuantile(p, df);
        fc.pre(t > -1e300);
        expect(relativeError(studentTCdf(t, df), p)).toBeLessThan(2e-12);
        expect(studentTQuantile(1 - p, df)).toBeCloseTo(-studentTQuantile(1 - (1 - p), df), 10);
      }),
    );
  });

  it('has a quantile with all its digits near the median', () => {
    // With one degree of freedom it is tan(pi (p - 1/2)).
    expect(relativeError(studentTQuantile(0.5 + 2 ** -40, 1), Math.tan(Math.PI * 2 ** -40))).toBeLessThan(1e-14);
  });

  it('has limits at the ends of the line', () => {
    expect([-Infinity, 0, Infinity].map((t) => studentTSurvival(t, 3))).toEqual([1, 0.5, 0]);
    expect([0, 0.5, 1].map((p) => studentTQuantile(p, 3))).toEqual([-Infinity, 0, Infinity]);
    expect(studentTQuantile(1e-300, 0.001)).toBe(-Infinity);
  });

  it.each([0, -1, Number.NaN])('refuses %s degrees of freedom', (df) => {
    expect(() => studentTCdf(1, df)).toThrow(RangeError);
    expect(() => studentTSurvival(1, df)).toThrow(/^The degrees of freedom must be above 0, not .*\.$/);
    expect(() => studentTQuantile(0.5, df)).toThrow(RangeError);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the probability %s', (p) => {
    expect(() => studentTQuantile(p, 5)).toThrow(/^A probability must lie between 0 and 1, not .*\.$/);
  });

  it('refuses an argument that is no number', () => {
    expect(() => studentTCdf(Number.NaN, 5)).toThrow(RangeError);
  });
});
