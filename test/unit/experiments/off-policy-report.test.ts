import fc from 'fast-check';
import type { LoggedGroup } from '../../../src/experiments/logged-units';
import { groupedSums, offPolicyReport } from '../../../src/experiments/off-policy-report';
import { mergeOffPolicySums, noDecisions, offPolicySums } from '../../../src/statistics/off-policy-sums';
import { sumsOver } from './unit-sums';

type Unit = readonly [numerator: number, denominator: number];

const variants = ['control', 'cnn', 'svm'];
const group = (variant: string, propensity: number | null, units: readonly Unit[]): LoggedGroup => ({
  variant,
  propensity,
  sums: sumsOver(units),
});

function report(groups: readonly LoggedGroup[], policy: Readonly<Record<string, number>>, kind = 'mean') {
  return offPolicyReport({
    ...{ experiment: 'e', metric: { key: 'revenue', kind }, alpha: 0.05, asOf: new Date(0), logged: { groups, sampledOneIn: 1 } },
    policy: new Map(Object.entries(policy)),
  });
}

const rewards = fc.array(fc.integer({ min: -5, max: 9 }), { minLength: 2, maxLength: 20 });
const asMeans = (values: readonly number[]): readonly Unit[] => values.map((value) => [value, 1]);
/** Shares of three variants that add up to 1. */
const shares = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .map((parts) => parts.map((part) => part / (parts[0] + parts[1] + parts[2])) as [number, number, number]);

describe('groupedSums', () => {
  it('are the sums over units, one by one', () => {
    fc.assert(
      fc.property(fc.tuple(rewards, rewards, rewards), shares, shares, ([a, b, c], logging, target) => {
        const groups = [a, b, c].map((values, at) => ({
          ...{ variant: variants[at] as string, propensity: logging[at] as number },
          sums: sumsOver(asMeans(values)),
        }));
        const policy = new Map(variants.map((variant, at) => [variant, target[at] as number]));
        const model = [a, b, c].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
        const naive = [a, b, c]
          .flatMap((values, action) =>
            values.map((reward) =>
              offPolicySums({
                ...{ action, reward, loggingPropensity: logging[action] as number },
                ...{ targetPropensities: target, rewardModel: model },
              }),
            ),
          )
          .reduce(mergeOffPolicySums, noDecisions);
        const grouped = groupedSums(groups, policy);
        for (const [name, value] of Object.entries(naive)) {
          const scale = Math.max(1, Math.abs(value));
          expect([name, Math.abs(grouped[name as keyof typeof grouped] - value) / scale < 1e-9]).toEqual([name, true]);
        }
      }),
    );
  });
});

describe('offPolicyReport', () => {
  it('gives what was seen under the weights that were in force', () => {
    fc.assert(
      fc.property(fc.tuple(rewards, rewards, rewards), shares, ([a, b, c], logging) => {
        const groups = [a, b, c].map((values, at) => group(variants[at] as string, logging[at] as number, asMeans(values)));
        const same = Object.fromEntries(variants.map((variant, at) => [variant, logging[at] as number]));
        const { logged, ips, selfNormalised, effectiveSampleSize, units, meanWeight } = report(groups, same);
        expect(ips?.estimate).toBeCloseTo(logged?.estimate as number, 9);
        expect(selfNormalised?.estimate).toBeCloseTo(logged?.estimate as number, 9);
        expect([effectiveSampleSize, meanWeight]).toEqual([expect.closeTo(units, 6), expect.closeTo(1, 9)]);
      }),
    );
  });

  it.each(['mean', 'ratio'])('gives the metric of one variant when all weight is on it: %s', (kind) => {
    const units = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 5 })), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(units, units, (left, right) => {
        const of = (pairs: readonly Unit[]) => (kind === 'ratio' ? pairs : pairs.map(([value]): Unit => [value, 1]));
        const [control, treatment] = [of(left), of(right)];
        const all = report([group('control', 0.5, control), group('cnn', 0.5, treatment)], { cnn: 1 }, kind);
        const total = (at: 0 | 1) => treatment.reduce((sum, pair) => sum + pair[at], 0);
        expect(all.selfNormalised?.estimate).toBeCloseTo(total(0) / total(1), 9);
        expect(all.effectiveSampleSize).toBeCloseTo(treatment.length, 9);
        if (kind === 'ratio') expect([all.ips, all.doublyRobust]).toEqual([null, null]);
        else expect(all.doublyRobust?.estimate).toBeCloseTo(total(0) / total(1), 9);
      }),
    );
  });

  it('corrects for shares that changed while the experiment ran', () => {
    // Each period had 100 units; all of them on the treatment would have earned 5 a unit in the first and 7 in the second.
    const groups = [
      ...[group('control', 0.9, asMeans(Array(90).fill(1))), group('cnn', 0.1, asMeans(Array(10).fill(5)))],
      ...[group('control', 0.5, asMeans(Array(50).fill(3))), group('cnn', 0.5, asMeans(Array(50).fill(7)))],
    ];
    expect(report(groups, { cnn: 1 })).toMatchObject({
      ips: { estimate: expect.closeTo(6, 9) },
      selfNormalised: { estimate: expect.closeTo(6, 9) },
      doublyRobust: { estimate: expect.closeTo(6, 9) },
      meanWeight: expect.closeTo(1, 9),
    });
  });

  it('leaves out units whose propensity is not known, and counts them', () => {
    const known = [group('control', 0.5, asMeans([1, 2])), group('cnn', 0.5, asMeans([3, 4]))];
    const unknown = [group('cnn', null, asMeans([9, 9, 9])), group('control', 0, asMeans([8]))];
    expect(report([...known, ...unknown], { cnn: 1 })).toEqual({ ...report(known, { cnn: 1 }), unitsWithoutPropensity: 4 });
  });

  it('covers the truth as often as it says', () => {
    let state = 3;
    const random = () => {
      state = (48_271 * state) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const [truth, runs] = [0.25 * 0.3 + 0.75 * 0.6, 300];
    const covered = { ips: 0, selfNormalised: 0, doublyRobust: 0 };
    for (let run = 0; run < runs; run++) {
      const units: Record<'control' | 'cnn', Unit[]> = { control: [], cnn: [] };
      for (let unit = 0; unit < 400; unit++) {
        const variant = random() < 0.7 ? 'control' : 'cnn';
        units[variant].push([Number(random() < (variant === 'cnn' ? 0.6 : 0.3)), 1]);
      }
      const all = report([group('control', 0.7, units.control), group('cnn', 0.3, units.cnn)], { control: 0.25, cnn: 0.75 });
      for (const name of ['ips', 'selfNormalised', 'doublyRobust'] as const) {
        const estimate = all[name];
        covered[name] += Number(estimate !== null && estimate.lower <= truth && truth <= estimate.upper);
      }
    }
    for (const count of Object.values(covered)) expect(count / runs).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it('warns of few effective units, and of propensities that were not in force', () => {
    const rare = [group('control', 0.99, asMeans(Array(990).fill(1))), group('cnn', 0.01, asMeans([5, 6, 5, 6, 5, 6, 5, 6, 5, 6]))];
    expect(report(rare, { cnn: 1 }).warnings).toEqual([
      expect.stringMatching(/worth 10 under/),
      expect.stringMatching(/less than a tenth/),
    ]);
    const wrong = [group('control', 0.5, asMeans(Array(900).fill(1))), group('cnn', 0.5, asMeans(Array(100).fill(2)))];
    expect(report(wrong, { cnn: 1 }).warnings).toEqual([expect.stringMatching(/have the mean 0\.2 in place of 1/)]);
    const right = [group('control', 0.5, asMeans(Array(500).fill(1))), group('cnn', 0.5, asMeans(Array(500).fill(2)))];
    expect(report(right, { cnn: 1 }).warnings).toEqual([]);
  });
});
