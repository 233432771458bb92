import { anytimeDifference } from '../../../src/statistics/anytime-difference';
import { anytimeRelativeDifference } from '../../../src/statistics/anytime-relative-difference';
import { baseOf, controlPlus } from '../../../src/statistics/control-contrast';
import { cuped } from '../../../src/statistics/cuped';
import { excessHarm } from '../../../src/statistics/excess-harm';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { type ArmMoments, onUnits, type ShapedAdjustedArm, shapedCuped } from '../../../src/statistics/shaped-cuped';
import { thirdCentralMoment, thirdMomentOfRatio } from '../../../src/statistics/third-moment';
import { normalDraws } from './normal-draws';
import { minstd, relativeError } from './reference-numbers';

type Units = readonly (readonly number[])[];

const asMean = { metric: { numerator: 1, denominator: 0 }, covariate: { numerator: 2, denominator: 0 } };
const asRatio = { metric: { numerator: 1, denominator: 2 }, covariate: { numerator: 3, denominator: 4 } };

function momentsOf(units: Units): ArmMoments {
  const at = (unit: readonly number[], position: number) => (position === 0 ? 1 : (unit[position - 1] as number));
  const triples = (i: number, j: number, k: number) => units.reduce((sum, unit) => sum + at(unit, i) * at(unit, j) * at(unit, k), 0);
  return { moments: MomentMatrix.of(units), triples };
}

function adjust(arms: readonly Units[], variables: typeof asMean): [control: ShapedAdjustedArm, treatment: ShapedAdjustedArm] {
  const [control, treatment] = shapedCuped(arms.map(momentsOf), variables)?.arms ?? [];
  if (!control || !treatment) throw new Error('There must be an adjustment.');
  return [control, treatment];
}

const random = minstd(99);
const normal = normalDraws(random);

/** (M, X), skewed. */
function values(units: number, lift: number): Units {
  return Array.from({ length: units }, () => {
    const before = Math.exp(normal() / 2);
    return [before + 0.5 * Math.exp(normal() / 2) + lift, before];
  });
}

/** (M, D, X, E), units of 1 to 9 predictions before and after; a tenth has none before. */
function ratios(units: number, lift: number): Units {
  return Array.from({ length: units }, () => {
    const [own, known, share] = [1 + Math.floor(9 * random()), random() < 0.1 ? 0 : 1 + Math.floor(9 * random()), random()];
    return [own * share + lift, own, known * share, known];
  });
}

/** One unit's deviation from the mean, the slow way. */
function deviations(units: Units, numerator: number, denominator: number): readonly number[] {
  const at = (unit: readonly number[], position: number) => (position === 0 ? 1 : (unit[position - 1] as number));
  const total = (position: number) => units.reduce((sum, unit) => sum + at(unit, position), 0);
  const [ratio, below] = [total(numerator) / total(denominator), total(denominator) / units.length];
  return units.map((unit) => (at(unit, numerator) - ratio * at(unit, denominator)) / below);
}

const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

describe('shapedCuped', () => {
  it.each([
    ['means', asMean, [values(300, 0), values(200, 0.2)]],
    ['ratios', asRatio, [ratios(300, 0), ratios(200, 0.3)]],
  ] as const)('gives the adjustment of cuped and the third moments of what each unit has left, of %s', (_, variables, arms) => {
    const { metric, covariate } = variables;
    const plain = cuped(
      arms.map((units) => MomentMatrix.of(units)),
      { metric, covariates: [covariate] },
    );
    const theta = plain?.theta[0] as number;
    adjust(arms, variables).forEach((arm, index) => {
      expect(arm).toMatchObject(plain?.arms[index] ?? {});
      const units = arms[index] as Units;
      const unadjusted = deviations(units, metric.numerator, metric.denominator);
      const before = deviations(units, covariate.numerator, covariate.denominator);
      const rest = unadjusted.map((deviation, unit) => deviation - theta * (before[unit] as number));
      const third = (a: readonly number[], b: readonly number[], c: readonly number[]) =>
        meanOf(a.map((one, unit) => one * (b[unit] as number) * (c[unit] as number)));
      const expected = [third(rest, rest, rest), third(rest, rest, unadjusted), third(rest, unadjusted, unadjusted)];
      const actual = [arm.thirdMoment, ...arm.crossThirdMoments];
      [...expected, third(unadjusted, unadjusted, unadjusted)].forEach((moment, at) => {
        expect(relativeError(actual[at] as number, moment)).toBeLessThan(1e-9);
      });
    });
  });

  it('says nothing where the covariate does not vary', () => {
    const constant = values(50, 0).map(([value = 0]) => [value, 7]);
    expect(shapedCuped([momentsOf(constant), momentsOf(constant)], asMean)).toBeNull();
  });

  it('keeps the standard error and the third moment of the mean on another number of units', () => {
    const [arm] = adjust([values(100, 0), values(100, 0)], asMean);
    const moved = onUnits(arm, 50);
    expect(moved.standardError).toBe(arm.standardError);
    expect(moved.thirdMoment / 50 ** 2).toBeCloseTo(arm.thirdMoment / 100 ** 2, 14);
    const look = (one: ShapedAdjustedArm) => anytimeDifference(one, one, { alpha: 0.05 });
    expect(look(moved).upper).toBeGreaterThan(look(arm).upper);
  });
});

describe('thirdMomentOfRatio', () => {
  it('is the third central moment where every denominator is 1, and that of the linearised units otherwise', () => {
    const units = ratios(200, 0);
    const sum = (product: (m: number, d: number) => number) => units.reduce((total, [m = 0, d = 0]) => total + product(m, d), 0);
    const [numerator, denominator] = [sum((m) => m), sum((_, d) => d)];
    const third = thirdMomentOfRatio({
      ...{ units: 200, numerator, denominator, numeratorCubed: sum((m) => m ** 3), denominatorCubed: sum((_, d) => d ** 3) },
      ...{ numeratorSquaredDenominator: sum((m, d) => m * m * d), numeratorDenominatorSquared: sum((m, d) => m * d * d) },
    });
    expect(relativeError(third, meanOf(deviations(units, 1, 2).map((one) => one ** 3)))).toBeLessThan(1e-9);
    const cubes = { numeratorCubed: 30, numeratorSquaredDenominator: 14, numeratorDenominatorSquared: 6, denominatorCubed: 4 };
    expect(thirdMomentOfRatio({ units: 4, numerator: 6, denominator: 4, ...cubes })).toBeCloseTo(
      thirdCentralMoment({ units: 4, sum: 6, sumOfSquares: 14, sumOfCubes: 30 }),
      12,
    );
  });

  it('is 0 without units and refuses sums that are not finite', () => {
    const none = { numeratorCubed: 0, numeratorSquaredDenominator: 0, numeratorDenominatorSquared: 0, denominatorCubed: 0 };
    expect(thirdMomentOfRatio({ units: 0, numerator: 0, denominator: 0, ...none })).toBe(0);
    expect(() => thirdMomentOfRatio({ units: 2, numerator: 1, denominator: 2, ...none, numeratorCubed: Infinity })).toThrow(RangeError);
  });
});

describe('an adjusted control with a share of its mean on top', () => {
  const [units, other] = [values(400, 0), values(300, 0.3)];
  const [control, treatment] = adjust([units, other], asMean);

  it('is what the units themselves give', () => {
    const theta = cuped(
      [units, other].map((arm) => MomentMatrix.of(arm)),
      { metric: asMean.metric, covariates: [asMean.covariate] },
    )?.theta[0] as number;
    const share = 0.35;
    const [own, before] = [deviations(units, 1, 0), deviations(units, 2, 0)];
    const each = own.map((deviation, unit) => (1 + share) * deviation - theta * (before[unit] as number));
    const held = controlPlus(control, share);
    expect(held.mean).toBeCloseTo(control.mean + share * control.unadjusted.mean, 12);
    expect(held.standardError).toBeCloseTo(Math.sqrt(each.reduce((sum, one) => sum + one * one, 0) / 399 / 400), 12);
    expect(held.thirdMoment).toBeCloseTo(meanOf(each.map((one) => one ** 3)), 10);
  });

  it('bounds the relative difference: its ends are where the difference to it touches 0', () => {
    const { estimate, lower, upper } = anytimeRelativeDifference(control, treatment, { alpha: 0.05 }) ?? {
      estimate: 0,
      lower: 0,
      upper: 0,
    };
    expect(estimate).toBeCloseTo((treatment.mean - control.mean) / control.unadjusted.mean, 12);
    expect([lower < estimate, estimate < upper]).toEqual([true, true]);
    const at = (share: number) => anytimeDifference(controlPlus(control, share), treatment, { alpha: 0.05 });
    expect(at(upper).upper).toBeCloseTo(0, 7);
    expect(at(lower).lower).toBeCloseTo(0, 7);
    const plain = anytimeRelativeDifference(control.unadjusted, treatment.unadjusted, { alpha: 0.05 });
    expect(upper - lower).toBeLessThan((plain?.upper ?? 0) - (plain?.lower ?? 0));
  });

  it('is what excess harm is measured against', () => {
    const { estimate, standardError } = excessHarm(control, treatment, { worse: 'higher', maxRelativeHarm: 0.1 });
    const held = controlPlus(control, 0.1);
    expect(estimate).toBeCloseTo(treatment.mean - held.mean, 12);
    expect(standardError).toBeCloseTo(Math.hypot(treatment.standardError, held.standardError), 12);
    expect(baseOf(control)).toBe(control.unadjusted.mean);
  });
});

describe('looking 30 times at adjusted means, a tenth more in the treatment', () => {
  it('misses the true share no more often than alpha says', () => {
    const [runs, looks, perLook] = [200, 30, 40];
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const sums = [0, 1].map(() => new Array<number>(10).fill(0));
      for (let look = 1; look <= looks; look++) {
        for (let unit = 0; unit < perLook; unit++) {
          const arm = random() < 0.3 ? 1 : 0;
          const x = Math.exp(normal() / 2);
          const y = (x + 0.5 * Math.exp(normal() / 2)) * (arm === 1 ? 1.1 : 1);
          const own = sums[arm] as number[];
          const products = [1, y, y * y, x, x * y, x * x, y ** 3, y * y * x, y * x * x, x ** 3];
          for (const [at, product] of products.entries()) own[at] = (own[at] as number) + product;
        }
        if (Math.min(sums[0]?.[0] ?? 0, sums[1]?.[0] ?? 0) < 30) continue;
        const arms = sums.map((own): ArmMoments => {
          const moments = MomentMatrix.fromPacked(own.slice(0, 6));
          const triples = (...positions: number[]) => {
            const [i = 0, j = 0, k = 0] = positions.sort((one, other) => one - other);
            return i === 0 ? moments.sumOfProducts(j, k) : (own[3 + i + j + k] as number);
          };
          return { moments, triples };
        });
        const [control, treatment] = shapedCuped(arms, asMean)?.arms ?? [];
        const seen = control && treatment && anytimeRelativeDifference(control, treatment, { alpha: 0.05 });
        if (!seen || (seen.lower <= 0.1 && seen.upper >= 0.1)) continue;
        missed++;
        break;
      }
    }
    expect(missed / runs).toBeLessThanOrEqual(0.05);
  });
});
