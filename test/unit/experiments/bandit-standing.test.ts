import fc from 'fast-check';
import { maxPhases } from '../../../src/experiments/bandit';
import { banditStanding, inWholeSteps } from '../../../src/experiments/bandit-standing';
import type { Arm } from '../../../src/experiments/experiment-health';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import type { VariantSums } from '../../../src/experiments/result-sums';
import { aBanditPlan, banditStart, type RightOf, revenueMetric } from './a-bandit';
import { accuracySums, anArm, sumsOver } from './unit-sums';

const accuracy = builtInMetrics.find(({ key }) => key === 'accuracy') as Metric;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function armOf(index: number, phases: readonly VariantSums[]): Arm {
  const key = `v${index}`;
  return { variant: { key, name: key, version: '1', weight: 0.5, isControl: index === 0 }, sums: phases[0] as VariantSums, phases };
}

/** One phase of equal weights. */
function standing(arms: readonly RightOf[], more: Partial<typeof aBanditPlan> = {}, metric = accuracy) {
  const weights = arms.map(() => 1 / arms.length);
  const all = arms.map(([units, right], index) => armOf(index, [anArm(`v${index}`, units, { accuracy: accuracySums(units, right) })]));
  return banditStanding({ ...aBanditPlan, ...more }, [{ index: 0, startedAt: banditStart, weights }], metric, all);
}

const armCounts = fc
  .integer({ min: 100, max: 5000 })
  .chain((units) => fc.tuple(fc.constant(units), fc.integer({ min: 1, max: units - 1 })));
const manyArms = fc.array(armCounts, { minLength: 2, maxLength: 6 });
const algorithm = fc.constantFrom('THOMPSON' as const, 'TOP_TWO' as const);

describe('the weights of a bandit', () => {
  it('sum to 1, keep the floor, and are the same wherever they are computed', () => {
    fc.assert(
      fc.property(manyArms, algorithm, fc.double({ min: 0.01, max: 1, noNaN: true }), (arms, kind, floor) => {
        const minWeight = Math.max(0.01, floor / arms.length);
        const { nextWeights, chancesToBeBest } = standing(arms, { algorithm: kind, minWeight });
        expect(sum(chancesToBeBest ?? [])).toBeCloseTo(1, 9);
        expect(standing(arms, { algorithm: kind, minWeight }).nextWeights).toEqual(nextWeights);
        if (nextWeights === null) return;
        expect(sum(nextWeights)).toBeCloseTo(1, 12);
        expect(Math.min(...nextWeights)).toBeGreaterThanOrEqual(minWeight - 1e-9);
        expect(nextWeights.every((weight) => Math.abs(weight * 10_000 - Math.round(weight * 10_000)) < 1e-6)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('follow the chance to be the best', () => {
    const { nextWeights, chancesToBeBest } = standing([
      [300, 240],
      [300, 282],
    ]);
    expect(chancesToBeBest?.[1]).toBeGreaterThan(0.999);
    expect(nextWeights?.[1]).toBeCloseTo(0.95, 3);
  });

  it('share between the best two where the second best counts as well', () => {
    const arms: RightOf[] = [
      [2000, 1000],
      [2000, 1400],
      [2000, 1700],
    ];
    expect(standing(arms, { algorithm: 'TOP_TWO', minWeight: 0.01 }).nextWeights).toEqual([0.01, 0.495, 0.495]);
    expect(standing(arms, { minWeight: 0.01 }).nextWeights).toEqual([0.01, 0.01, 0.98]);
  });

  it('prefer less where lower is better', () => {
    const errors: Metric = { ...accuracy, direction: 'lower' };
    const arms: RightOf[] = [
      [300, 240],
      [300, 282],
    ];
    expect(standing(arms, {}, errors).nextWeights?.[0]).toBeCloseTo(0.95, 3);
  });

  it('do not depend on the unit of the metric', () => {
    const arms = (scale: number, offset: number) =>
      [0, 1].map((index) => {
        const values = Array.from({ length: 200 }, (_, i) => offset + scale * (((i * 7) % 10) + index * 0.5));
        return armOf(index, [anArm(`v${index}`, 200, { revenue: sumsOver(values.map((value) => [value, 1] as const)) })]);
      });
    const phase = { index: 0, startedAt: banditStart, weights: [0.5, 0.5] };
    const [plain, scaled] = [arms(1, 0), arms(10_000, 50_000)].map((one) => banditStanding(aBanditPlan, [phase], revenueMetric, one));
    expect(plain?.chancesToBeBest?.[1]).toBeGreaterThan(0.9);
    expect(scaled?.chancesToBeBest?.[1]).toBeCloseTo(plain?.chancesToBeBest?.[1] as number, 6);
    expect(scaled?.nextWeights).toEqual(plain?.nextWeights);
  });

  it.each<[string, RightOf[], Partial<typeof aBanditPlan>]>([
    [
      'before the burn-in is over',
      [
        [99, 50],
        [300, 282],
      ],
      {},
    ],
    [
      'below the least units, whatever the burn-in',
      [
        [29, 15],
        [300, 282],
      ],
      { minUnitsPerVariant: 1 },
    ],
  ])('stay as planned %s', (_, arms, more) => {
    expect(standing(arms, more)).toEqual({ chancesToBeBest: null, nextWeights: null });
  });

  it('stay when they would change by less than a hundredth', () => {
    const close = standing([
      [1000, 500],
      [1000, 500],
    ]);
    expect(close.chancesToBeBest).toEqual([0.5, 0.5]);
    expect(close.nextWeights).toBeNull();
  });

  it('are told although an arm made no mistake at all', () => {
    const { chancesToBeBest } = standing([
      [200, 150],
      [200, 200],
    ]);
    expect(chancesToBeBest?.[1]).toBeGreaterThan(0.99);
  });
});

describe('a phase', () => {
  const phaseOf = (index: number, weights = [0.5, 0.5]) => ({ index, startedAt: banditStart, weights });
  const arm = (index: number, counts: readonly RightOf[]) =>
    armOf(
      index,
      counts.map(([units, right]) => anArm(`v${index}`, units, { accuracy: accuracySums(units, right) })),
    );

  it('does not end before every arm has enough units in it, or it would never count', () => {
    const old: RightOf[] = [
      [300, 240],
      [300, 282],
    ];
    const weights = (young: number) =>
      banditStanding(aBanditPlan, [phaseOf(0), phaseOf(1)], accuracy, [
        arm(0, [old[0] as RightOf, [young, young - 1]]),
        arm(1, [old[1] as RightOf, [400, 390]]),
      ]).nextWeights;
    expect(weights(29)).toBeNull();
    expect(weights(30)).not.toBeNull();
  });

  it('ends by all its units, but is judged by those that are old enough', () => {
    const slow: Metric = { ...revenueMetric, kind: 'proportion', maturityMs: 86_400_000 };
    const arms = (ripe: number) =>
      [0, 1].map((index) => {
        const sums = anArm(`v${index}`, 400, { revenue: accuracySums(ripe, Math.round(ripe * (0.2 + 0.5 * index))) });
        return armOf(index, [{ ...sums, ripeUnits: { revenue: ripe } }, anArm(`v${index}`, 40, {})]);
      });
    const look = (ripe: number) => banditStanding(aBanditPlan, [phaseOf(0), phaseOf(1)], slow, arms(ripe));
    expect(look(99)).toEqual({ chancesToBeBest: null, nextWeights: null });
    expect(look(100).nextWeights?.[1]).toBeCloseTo(0.95, 3);
  });

  it('is the last one when there are very many', () => {
    const phases = Array.from({ length: maxPhases }, (_, index) => phaseOf(index));
    const counts = (right: number) => phases.map((): RightOf => [50, right]);
    const arms = [arm(0, counts(30)), arm(1, counts(45))];
    expect(banditStanding(aBanditPlan, phases, accuracy, arms).nextWeights).toBeNull();
    expect(banditStanding(aBanditPlan, phases.slice(1), accuracy, arms).chancesToBeBest?.[1]).toBeGreaterThan(0.99);
    expect(banditStanding(aBanditPlan, phases.slice(0, -1), accuracy, arms).nextWeights).not.toBeNull();
  });
});

it('rounds to whole steps that sum to 1 and are off by less than one', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), (raw) => {
      const weights = raw.map((one) => one / sum(raw));
      const rounded = inWholeSteps(weights);
      expect(sum(rounded)).toBeCloseTo(1, 12);
      expect(rounded.every((one, index) => Math.abs(one - (weights[index] as number)) < 1.0001e-4)).toBe(true);
    }),
  );
});
