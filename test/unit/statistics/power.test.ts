import fc from 'fast-check';
import { effectAtDistance, plannedStandardError } from '../../../src/statistics/arm-plan';
import { type DetectionGoal, minimumDetectableEffect } from '../../../src/statistics/minimum-detectable-effect';
import { type PlannedTest, powerOf } from '../../../src/statistics/power';
import { remainingUnits } from '../../../src/statistics/remaining-units';
import { requiredUnitsPerArm } from '../../../src/statistics/required-units';

const tests: PlannedTest[] = [
  { kind: 'FIXED_HORIZON' },
  { kind: 'ALWAYS_VALID', tuningSampleSize: 5_000 },
  { kind: 'BAYESIAN', prior: { mean: 0, standardDeviation: 0.3 } },
];

const metric = { mean: 0.1, variance: 0.09 };
const goalOf = (test: PlannedTest, power = 0.8): DetectionGoal => ({ alpha: 0.05, power, test });

const powerWith = (unitsPerArm: number, effect: number, test: PlannedTest) =>
  powerOf({
    effect,
    standardError: plannedStandardError({ ...metric, unitsPerArm }, effect),
    sampleSize: 2 * unitsPerArm,
    alpha: 0.05,
    test,
  });

const anyTest = fc.constantFrom(...tests);
const anyEffect = fc.double({ min: 0.005, max: 2, noNaN: true });
const anyPower = fc.double({ min: 0.1, max: 0.99, noNaN: true });

describe('powerOf', () => {
  const input = { effect: 0.05, standardError: 0.02, sampleSize: 5_000, alpha: 0.05 };

  it('is alpha without an effect at a fixed horizon, and less for an always-valid test', () => {
    expect(powerOf({ ...input, effect: 0, test: { kind: 'FIXED_HORIZON' } })).toBeCloseTo(0.05, 14);
    expect(powerOf({ ...input, effect: 0, test: { kind: 'ALWAYS_VALID', tuningSampleSize: 5_000 } })).toBeLessThan(0.05);
  });

  it('does not depend on the sign of the effect, and rises with its size', () => {
    fc.assert(
      fc.property(anyEffect, anyTest, (effect, test) => {
        const at = (value: number) => powerOf({ ...input, effect: value, test });
        expect(at(effect)).toBeCloseTo(at(-effect), 14);
        expect(at(effect)).toBeLessThanOrEqual(at(effect * 1.5));
      }),
    );
  });

  it('with a wide prior is that of the fixed horizon', () => {
    const wide: PlannedTest = { kind: 'BAYESIAN', prior: { mean: 0, standardDeviation: 1e6 } };
    expect(powerOf({ ...input, test: wide })).toBeCloseTo(powerOf({ ...input, test: { kind: 'FIXED_HORIZON' } }), 10);
  });

  it.each([
    { effect: Number.NaN },
    { standardError: 0 },
    { alpha: 1 },
    { test: { kind: 'BAYESIAN', prior: { mean: 0, standardDeviation: 0 } } as const },
  ])('refuses %j', (change) => {
    expect(() => powerOf({ ...input, test: { kind: 'FIXED_HORIZON' }, ...change })).toThrow(RangeError);
  });
});

describe('effectAtDistance', () => {
  it('is that many of its own standard errors from 0', () => {
    const distance = fc.double({ min: 0.1, max: 5, noNaN: true });
    fc.assert(
      fc.property(distance, fc.integer({ min: 300, max: 1e7 }), (z, unitsPerArm) => {
        const plan = { ...metric, unitsPerArm };
        const effect = effectAtDistance(plan, z);
        expect((effect ?? Number.NaN) / plannedStandardError(plan, effect ?? Number.NaN) / z).toBeCloseTo(1, 10);
      }),
    );
  });

  it('does not exist when the control itself is not so many standard errors from 0', () => {
    expect(effectAtDistance({ ...metric, unitsPerArm: 36 }, 2.8)).toBeNull();
  });

  it.each([{ mean: 0 }, { variance: 0 }, { unitsPerArm: 0 }])('refuses %j', (change) => {
    expect(() => effectAtDistance({ ...metric, unitsPerArm: 100, ...change }, 2)).toThrow(RangeError);
    expect(() => plannedStandardError({ ...metric, unitsPerArm: 100, ...change }, 0)).toThrow(RangeError);
  });

  it('refuses a distance or an effect that is none', () => {
    expect(() => effectAtDistance({ ...metric, unitsPerArm: 100 }, 0)).toThrow(RangeError);
    expect(() => plannedStandardError({ ...metric, unitsPerArm: 100 }, Number.NaN)).toThrow(RangeError);
  });
});

describe('minimumDetectableEffect', () => {
  it('is detected with the power that was asked for', () => {
    fc.assert(
      fc.property(anyTest, anyPower, fc.integer({ min: 2_000, max: 1e7 }), (test, power, unitsPerArm) => {
        const effect = minimumDetectableEffect({ ...metric, unitsPerArm }, goalOf(test, power));
        const reached = powerWith(unitsPerArm, effect ?? Number.NaN, test);
        // The closed form leaves the wrong direction out, whose chance is alpha / 2 at most.
        expect(reached).toBeGreaterThan(power - 1e-9);
        expect(reached).toBeLessThan(power + (power < 0.5 ? 0.025 : 1e-4));
      }),
    );
  });

  it('does not exist when there are too few units', () => {
    for (const test of tests) expect(minimumDetectableEffect({ ...metric, unitsPerArm: 20 }, goalOf(test))).toBeNull();
  });

  it('is 0 when the prior alone suffices', () => {
    const sure: PlannedTest = { kind: 'BAYESIAN', prior: { mean: 1, standardDeviation: 0.01 } };
    expect(minimumDetectableEffect({ ...metric, unitsPerArm: 1_000 }, goalOf(sure))).toBe(0);
  });

  it.each([0.05, 1])('refuses a power of %s', (power) => {
    expect(() => minimumDetectableEffect({ ...metric, unitsPerArm: 100 }, goalOf({ kind: 'FIXED_HORIZON' }, power))).toThrow(RangeError);
  });
});

describe('requiredUnitsPerArm', () => {
  it('is the smallest number that reaches the power', () => {
    fc.assert(
      fc.property(anyTest, anyPower, anyEffect, (test, power, effect) => {
        const units = requiredUnitsPerArm(metric, effect, goalOf(test, power));
        expect(powerWith(units ?? Number.NaN, effect, test)).toBeGreaterThanOrEqual(power);
        if (units !== null && units > 1) expect(powerWith(units - 1, effect, test)).toBeLessThan(power);
      }),
    );
  });

  it('is larger the smaller the effect, and larger for an always-valid test', () => {
    const at = (effect: number, test: PlannedTest) => requiredUnitsPerArm(metric, effect, goalOf(test)) ?? 0;
    const [fixed, always] = tests as [PlannedTest, PlannedTest];
    expect(at(0.02, fixed)).toBeGreaterThan(at(0.05, fixed));
    expect(at(0.05, always)).toBeGreaterThan(at(0.05, fixed));
    expect(at(0.05, fixed)).toBe(59_409);
  });

  it('does not exist for no effect', () => {
    expect(requiredUnitsPerArm(metric, 0, goalOf({ kind: 'FIXED_HORIZON' }))).toBeNull();
  });

  it('refuses a power of alpha', () => {
    expect(() => requiredUnitsPerArm(metric, 0.05, goalOf({ kind: 'FIXED_HORIZON' }, 0.05))).toThrow(RangeError);
  });
});

describe('remainingUnits', () => {
  const [fixed] = tests as [PlannedTest];
  const running = { standardError: 0.03, units: 9_000, effect: 0.05, alpha: 0.05, power: 0.8, test: fixed, arms: 2, goals: 1 };

  it('is what requiredUnitsPerArm says is missing', () => {
    const unitsPerArm = 20_000;
    const needed = requiredUnitsPerArm(metric, 0.05, goalOf(fixed)) ?? 0;
    const standardError = plannedStandardError({ ...metric, unitsPerArm }, 0.05);
    const { additionalUnits } = remainingUnits({ ...running, standardError, units: 2 * unitsPerArm });
    expect(Math.abs((additionalUnits ?? 0) + 2 * unitsPerArm - 2 * needed)).toBeLessThan(3);
  });

  it('is 0 when there are enough, and nothing reachable for no effect', () => {
    expect(remainingUnits({ ...running, standardError: 0.001 })).toMatchObject({ growth: 0, additionalUnits: 0 });
    expect(remainingUnits({ ...running, effect: 0 })).toMatchObject({ growth: null, additionalUnits: null });
  });

  it('asks for more with more arms and more goals', () => {
    const growth = (change: Partial<typeof running>) => remainingUnits({ ...running, ...change }).growth ?? 0;
    expect(growth({ arms: 3 })).toBeGreaterThan(growth({}));
    expect(growth({ goals: 2 })).toBeGreaterThan(growth({ arms: 3 }));
  });

  it.each([{ units: 0 }, { power: 1 }, { arms: 1 }, { goals: 0 }, { standardError: 0 }, { alpha: 0 }])('refuses %j', (change) => {
    expect(() => remainingUnits({ ...running, ...change })).toThrow(RangeError);
  });
});
