import fc from 'fast-check';
import { absoluteLift, relativeLift } from '../../../src/statistics/lift';
import { type ArmEstimate, meanOfSums } from '../../../src/statistics/ratio-of-sums';
import { armOf, growthBook } from './growthbook-statistics';
import { relativeError } from './reference-numbers';

const arm = (mean: number, standardError: number, units = 1_000): ArmEstimate => ({ mean, standardError, units });

describe('lifts', () => {
  it.each(growthBook.lifts.map((row) => [row.id, row] as const))('%s: effect and standard error as GrowthBook', (_, row) => {
    const lift = (row.kind === 'absolute' ? absoluteLift : relativeLift)(armOf(row.control), armOf(row.treatment));
    expect(relativeError(lift?.estimate ?? Number.NaN, row.estimate)).toBeLessThan(1e-11);
    expect(relativeError(lift?.standardError ?? Number.NaN, row.standardError)).toBeLessThan(1e-12);
  });

  it.each(growthBook.deltaMethod.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const control = arm(row.mean_a, Math.sqrt(row.var_a / row.n_a), row.n_a);
    const treatment = arm(row.mean_b, Math.sqrt(row.var_b / row.n_b), row.n_b);
    const lift = row.relative ? relativeLift(control, treatment) : absoluteLift(control, treatment);
    expect(relativeError((lift?.standardError ?? Number.NaN) ** 2, row.expected)).toBeLessThan(1e-14);
  });

  it('changes its sign when the arms are exchanged', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const spread = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(value, value, spread, spread, (a, b, seA, seB) => {
        const forth = absoluteLift(arm(a, seA), arm(b, seB));
        const back = absoluteLift(arm(b, seB), arm(a, seA));
        expect(back.estimate).toBe(0 - forth.estimate);
        expect(back.standardError).toBe(forth.standardError);
      }),
    );
  });

  it('is relative to the size of a negative control mean', () => {
    expect(relativeLift(arm(-2, 0.1), arm(-1, 0.1))?.estimate).toBe(0.5);
  });

  it('is null relative to a control mean of 0', () => {
    expect(relativeLift(arm(0, 0.1), arm(1, 0.1))).toBeNull();
  });

  it('takes two arms of one constant for equal, although their sums are rounded differently', () => {
    const constant = (units: number) => {
      const values = new Array<number>(units).fill(0.1);
      return meanOfSums({
        units,
        sum: values.reduce((sum, x) => sum + x, 0),
        sumOfSquares: values.reduce((sum, x) => sum + x * x, 0),
      }) as ArmEstimate;
    };
    const [control, treatment] = [constant(100_003), constant(99_991)];
    expect(treatment.mean).not.toBe(control.mean);
    expect(absoluteLift(control, treatment).standardError).toBeLessThan(1e-7);
    const { estimate, standardError } = absoluteLift({ ...control, standardError: 0 }, { ...treatment, standardError: 0 });
    expect([estimate, standardError]).toEqual([0, 0]);
    expect(relativeLift({ ...control, standardError: 0 }, { ...treatment, standardError: 0 })?.estimate).toBe(0);
  });

  it('keeps a true difference of two constants', () => {
    expect(absoluteLift(arm(1, 0), arm(1.5, 0))).toEqual({ estimate: 0.5, standardError: 0 });
  });
});
