import fc from 'fast-check';
import { banditWeights, defaultBanditRule, withFloor } from '../../../src/statistics/bandit-weights';
import { normalCdf } from '../../../src/statistics/normal-distribution';
import { periodStratifiedMean } from '../../../src/statistics/period-stratified-mean';
import { type NormalBelief, rankChances } from '../../../src/statistics/probability-of-best';
import type { ArmEstimate } from '../../../src/statistics/ratio-of-sums';

const belief = fc.record({
  mean: fc.double({ min: -5, max: 5, noNaN: true }),
  standardDeviation: fc.double({ min: 1e-3, max: 10, noNaN: true }),
});
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('rankChances', () => {
  it('sums to 1 within 0..1, for the best and the second best', () => {
    fc.assert(
      fc.property(fc.array(belief, { minLength: 2, maxLength: 4 }), (arms) => {
        for (const chances of Object.values(rankChances(arms))) {
          expect(sumOf(chances)).toBeCloseTo(1, 13);
          expect(chances.every((chance: number) => chance >= 0 && chance <= 1)).toBe(true);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('of two arms is the closed form, and their second best is the other', () => {
    fc.assert(
      fc.property(belief, belief, (one, other) => {
        const { best, secondBest } = rankChances([one, other]);
        const exact = normalCdf((one.mean - other.mean) / Math.hypot(one.standardDeviation, other.standardDeviation));
        expect(best[0]).toBeCloseTo(exact, 13);
        expect(secondBest[1]).toBeCloseTo(exact, 13);
      }),
      { numRuns: 12 },
    );
  });

  it('does not depend on the unit or on the order of the arms', () => {
    fc.assert(
      fc.property(fc.array(belief, { minLength: 3, maxLength: 3 }), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (arms, factor) => {
        const { best } = rankChances(arms);
        const scaled = arms.map((arm) => ({ mean: factor * arm.mean + 1, standardDeviation: factor * arm.standardDeviation }));
        rankChances([...scaled].reverse()).best.forEach((chance, i) => {
          expect(chance).toBeCloseTo(best[2 - i] as number, 10);
        });
      }),
      { numRuns: 12 },
    );
  });

  it('keeps its digits where arms are hopeless or of very different certainty', () => {
    const arms: NormalBelief[] = [0, 1, 2, 3, 4].map((mean) => ({ mean, standardDeviation: 0.3 }));
    // mpmath, 30 digits.
    expect((rankChances(arms).best[0] as number) / 7.150506185420072e-24).toBeCloseTo(1, 9);
    const uneven = [
      { mean: 0, standardDeviation: 1e-3 },
      { mean: 0.5, standardDeviation: 1 },
      { mean: 0.2, standardDeviation: 30 },
    ];
    expect(rankChances(uneven).best[0]).toBeCloseTo(0.1534482327690033, 14);
  });

  it('is certain of a single arm', () => {
    expect(rankChances([{ mean: 3, standardDeviation: 1 }])).toEqual({ best: [1], secondBest: [0] });
  });

  it.each([[[]], [[{ mean: Number.NaN, standardDeviation: 1 }]], [[{ mean: 0, standardDeviation: 0 }]]])('refuses %j', (arms) => {
    expect(() => rankChances(arms)).toThrow(RangeError);
  });
});

describe('withFloor', () => {
  it('sums to 1, keeps the order, and no weight is below the floor', () => {
    const raw = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 }).filter((weights) => sumOf(weights) > 0);
    fc.assert(
      fc.property(raw, fc.double({ min: 0, max: 1, noNaN: true }), (counts, floor) => {
        const weights = counts.map((count) => count / sumOf(counts));
        const floored = withFloor(weights, floor);
        expect(sumOf(floored)).toBeCloseTo(1, 12);
        expect(Math.min(...floored)).toBeGreaterThanOrEqual(Math.min(floor, 1 / weights.length) - 1e-15);
        weights.forEach((weight, i) => {
          weights.forEach((other, j) => {
            if (weight < other) expect(floored[i]).toBeLessThanOrEqual(floored[j] as number);
          });
        });
      }),
    );
  });

  it.each([
    [[0.5, 0.4], 0],
    [[1.5, -0.5], 0],
    [[], 0],
    [[1], -0.1],
    [[1], 1.1],
  ])('refuses %j with the floor %s', (weights, floor) => {
    expect(() => withFloor(weights, floor)).toThrow(RangeError);
  });
});

describe('banditWeights', () => {
  const arm = (mean: number, standardError = 0.1, units = 1_000): ArmEstimate => ({ mean, standardError, units });
  const equal = [1 / 3, 1 / 3, 1 / 3];

  it('gives the best arm the most, upside down where lower is better', () => {
    const up = banditWeights([arm(1), arm(1.1), arm(1.2)], equal);
    const down = banditWeights([arm(1), arm(1.1), arm(1.2)], equal, { ...defaultBanditRule, lowerIsBetter: true });
    expect(up.kind).toBe('UPDATED');
    up.weights.forEach((weight, i) => {
      expect(weight).toBeCloseTo(down.weights[2 - i] as number, 4);
    });
    expect(up.weights[2]).toBe(Math.max(...up.weights));
  });

  it('by the top two keeps half of the units for the others', () => {
    const update = banditWeights([arm(1), arm(1.1), arm(9)], equal, { ...defaultBanditRule, kind: 'TOP_TWO', floor: 0 });
    expect(update.weights[2]).toBeCloseTo(0.5, 10);
    expect(update.kind === 'UPDATED' && update.chancesToBeBest[2]).toBeCloseTo(1, 10);
  });

  it('keeps the weights while an arm has too few units or no spread', () => {
    expect(banditWeights([arm(1), arm(2, 0.1, 99)], [0.3, 0.7])).toEqual({ kind: 'TOO_FEW_UNITS', weights: [0.3, 0.7] });
    expect(banditWeights([arm(1), arm(2, 0)], [0.3, 0.7]).kind).toBe('TOO_FEW_UNITS');
  });

  it('refuses weights for other arms', () => {
    expect(() => banditWeights([arm(1)], [0.5, 0.5])).toThrow(RangeError);
  });
});

describe('periodStratifiedMean', () => {
  const period = (unitsOfAllArms: number, mean: number, units: number) => ({ unitsOfAllArms, arm: { mean, standardError: 0.1, units } });

  it('is not fooled by an arm that had its traffic on the good days', () => {
    const good = periodStratifiedMean([period(1_000, 1, 100), period(1_000, 2, 900)]);
    const bad = periodStratifiedMean([period(1_000, 1, 900), period(1_000, 2, 100)]);
    expect([good?.mean, bad?.mean, good?.units]).toEqual([1.5, 1.5, 1_000]);
  });

  it('of one period is that period, of none nothing', () => {
    expect(periodStratifiedMean([period(10, 3, 5)])).toEqual({ mean: 3, standardError: 0.1, units: 5 });
    expect(periodStratifiedMean([])).toBeNull();
  });

  it.each([period(0, 1, 1), period(10, Number.NaN, 1), { unitsOfAllArms: 10, arm: { mean: 1, standardError: -1, units: 1 } }])(
    'refuses %j',
    (cell) => {
      expect(() => periodStratifiedMean([cell])).toThrow(RangeError);
    },
  );
});
