import fc from 'fast-check';
import { adjustArm, adjustedRelativeLift, cuped } from '../../../src/statistics/cuped';
import { absoluteLift, relativeLift } from '../../../src/statistics/lift';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { normalQuantile } from '../../../src/statistics/normal-distribution';
import { minstd, relativeError } from './reference-numbers';

const mean = (numerator: number) => ({ numerator, denominator: 0 });
const plan = (...covariates: number[]) => ({ metric: mean(1), covariates: covariates.map(mean) });

const random = minstd(7);
const normal = () => normalQuantile(random());

/** (M, D, X1, X2, X3): X1 carries `share` of the variance of M, X2 is noise, X3 repeats X1. */
function armOf(units: number, lift: number, share: number): MomentMatrix {
  return MomentMatrix.of(
    Array.from({ length: units }, () => {
      const [signal, noise, useless] = [normal(), normal(), normal()];
      const x = 20 + 4 * signal;
      return [10 + lift + Math.sqrt(share) * signal + Math.sqrt(1 - share) * noise, 1, x, useless, 3 - 2 * x];
    }),
  );
}

const arms = [armOf(2_000, 0, 0.8), armOf(2_000, 0.1, 0.8)];

/** Not null, and two arms. */
function adjust(matrices: readonly MomentMatrix[], variables = plan(3)) {
  const adjustment = cuped(matrices, variables);
  const [control, treatment] = adjustment?.arms ?? [];
  if (!adjustment || !control || !treatment) throw new Error('There must be an adjustment.');
  return { ...adjustment, control, treatment };
}

describe('cuped', () => {
  it('removes the share of variance that the covariate explains', () => {
    expect(adjust(arms).varianceRemoved).toBeGreaterThan(0.75);
    expect(adjust(arms).varianceRemoved).toBeLessThan(0.85);
    expect(adjust(arms).theta[0]).toBeCloseTo(Math.sqrt(0.8) / 4, 1);
  });

  it('changes a useless covariate’s estimate by no more than O(1 / n)', () => {
    const { control, treatment, theta, varianceRemoved } = adjust(arms, plan(4));
    const units = control.units;
    expect(Math.abs(theta[0] ?? 1)).toBeLessThan(5 / Math.sqrt(units));
    expect(Math.abs(varianceRemoved)).toBeLessThan(20 / units);
    const shift = absoluteLift(control, treatment).estimate - absoluteLift(control.unadjusted, treatment.unadjusted).estimate;
    expect(Math.abs(shift)).toBeLessThan(20 / units);
  });

  it('without covariates leaves the arms as they are', () => {
    const { control, theta, varianceRemoved } = adjust(arms, plan());
    expect([control.mean, control.standardError]).toEqual([control.unadjusted.mean, control.unadjusted.standardError]);
    expect([theta, varianceRemoved]).toEqual([[], 0]);
  });

  it('drops a covariate that repeats another, and one that is constant', () => {
    const alone = adjust(arms);
    const both = adjust(arms, plan(3, 5, 2));
    expect(both.dropped).toEqual([
      { variable: 1, reason: 'COLLINEAR' },
      { variable: 2, reason: 'CONSTANT' },
    ]);
    expect(both.theta).toEqual([alone.theta[0], 0, 0]);
    expect(both.control.standardError).toBe(alone.control.standardError);
  });

  it('does not depend on the scale or the origin of a covariate', () => {
    const scale = fc.double({ min: 0.01, max: 100, noNaN: true });
    const origin = fc.integer({ min: -50, max: 50 });
    const units = Array.from({ length: 60 }, () => {
      const signal = normal();
      return [signal + normal(), signal];
    });
    const [left, right] = [units.slice(0, 30), units.slice(30)];
    const { control, treatment, theta } = adjust([MomentMatrix.of(left), MomentMatrix.of(right)], plan(2));
    fc.assert(
      fc.property(scale, origin, (factor, constant) => {
        const moved = [left, right].map((part) => MomentMatrix.of(part.map(([m = 0, x = 0]) => [m, factor * x + constant])));
        const again = adjust(moved, plan(2));
        expect(relativeError((again.theta[0] ?? 0) * factor, theta[0] ?? 0)).toBeLessThan(1e-6);
        expect(relativeError(again.treatment.standardError, treatment.standardError)).toBeLessThan(1e-6);
        expect(again.treatment.mean - again.control.mean).toBeCloseTo(treatment.mean - control.mean, 8);
      }),
    );
  });

  it('explains everything when a covariate is the metric itself', () => {
    const { control, treatment, varianceRemoved, theta } = adjust(arms, plan(1));
    expect(theta[0]).toBeCloseTo(1, 12);
    expect(varianceRemoved).toBeCloseTo(1, 12);
    expect(treatment.mean - control.mean).toBeCloseTo(0, 12);
  });

  it('gives the means at the covariates’ mean of all arms', () => {
    const { control, treatment } = adjust(arms);
    const sum = control.mean + treatment.mean;
    expect(sum).toBeCloseTo(control.unadjusted.mean + treatment.unadjusted.mean, 12);
  });

  it('takes a ratio with denominators of 1 for the mean, up to how theta is pooled', () => {
    const asMean = adjust(arms);
    const asRatio = adjust(arms, { metric: { numerator: 1, denominator: 2 }, covariates: [mean(3)] });
    expect(asRatio.control.unadjusted.standardError).toBeCloseTo(asMean.control.unadjusted.standardError, 12);
    expect(asRatio.theta[0]).toBeCloseTo(asMean.theta[0] ?? 0, 2);
    expect(asRatio.control.standardError).toBeCloseTo(asMean.control.standardError, 4);
  });

  it('has many covariates at once, never worse than each alone by more than rounding', () => {
    const together = adjust(arms, plan(3, 4)).varianceRemoved;
    expect(together).toBeGreaterThan(Math.max(adjust(arms, plan(3)).varianceRemoved, adjust(arms, plan(4)).varianceRemoved) - 0.01);
  });

  it('takes one theta from any number of arms', () => {
    const third = armOf(500, 0.2, 0.8);
    const adjustment = cuped([...arms, third], plan(3));
    expect(adjustment?.arms).toHaveLength(3);
  });

  it('says nothing about an arm of one unit, or a ratio without denominator', () => {
    expect(cuped([MomentMatrix.of([[1, 2]]), MomentMatrix.of([[1, 2]])], plan(2))).toBeNull();
    const noDenominator = MomentMatrix.of([
      [1, 0],
      [2, 0],
    ]);
    expect(cuped([noDenominator], { metric: { numerator: 1, denominator: 2 }, covariates: [] })).toBeNull();
  });

  it('refuses no arms, arms of different variables and coefficients of another number', () => {
    expect(() => cuped([], plan(2))).toThrow(RangeError);
    expect(() => cuped([MomentMatrix.empty(2), MomentMatrix.empty(3)], plan(2))).toThrow(RangeError);
    expect(() => adjustArm(MomentMatrix.empty(2), plan(2), [])).toThrow(RangeError);
  });
});

describe('adjustedRelativeLift', () => {
  it('is relativeLift when nothing is adjusted', () => {
    const { control, treatment } = adjust(arms, plan());
    const adjusted = adjustedRelativeLift(control, treatment, mean(1));
    const plain = relativeLift(control, treatment);
    expect(adjusted?.estimate).toBeCloseTo(plain?.estimate ?? Number.NaN, 14);
    expect(relativeError(adjusted?.standardError ?? 0, plain?.standardError ?? Number.NaN)).toBeLessThan(1e-12);
  });

  it('is null relative to a control of mean 0', () => {
    const centred = [MomentMatrix.of([[-1], [1]]), MomentMatrix.of([[0], [3]])];
    const { control, treatment } = adjust(centred, plan());
    expect(adjustedRelativeLift(control, treatment, mean(1))).toBeNull();
  });
});
