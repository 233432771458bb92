import fc from 'fast-check';
import type { Arm } from '../../../src/experiments/experiment-health';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import { observeArm } from '../../../src/experiments/observe-arm';
import { observeArms } from '../../../src/experiments/observe-arms';
import { totalOfPhases } from '../../../src/experiments/phase-sums';

import { accuracySums, anArm } from './unit-sums';

const accuracy = builtInMetrics.find(({ key }) => key === 'accuracy') as Metric;
type Counts = readonly [units: number, right: number];

function armsOf(phases: readonly (readonly [Counts, Counts])[]): readonly Arm[] {
  return ['a', 'b'].map((key, index) => {
    const own = phases.map((counts) => anArm(key, (counts[index] as Counts)[0], { accuracy: accuracySums(...(counts[index] as Counts)) }));
    const sums = totalOfPhases(own.map((variant, phase) => ({ phase, variants: [variant] })))[0] ?? anArm(key, 0, {});
    return { variant: { key, name: key, version: '1', weight: 0.5, isControl: key === 'a' }, sums, phases: own };
  });
}

const counts = fc.integer({ min: 0, max: 400 }).chain((units) => fc.tuple(fc.constant(units), fc.integer({ min: 0, max: units })));
const phases = fc.array(fc.tuple(counts, counts), { minLength: 1, maxLength: 6 });

/** The mean of each arm in each phase that counts, weighed by the units of both arms in it. */
function recomputed(given: readonly (readonly [Counts, Counts])[], arm: 0 | 1) {
  const old = given.filter(([[a], [b]]) => a >= 30 && b >= 30);
  const all = old.reduce((sum, [[a], [b]]) => sum + a + b, 0);
  let [mean, variance, units] = [0, 0, 0];
  for (const phase of old) {
    const [n, right] = phase[arm];
    const share = (phase[0][0] + phase[1][0]) / all;
    const m = right / n;
    mean += share * m;
    variance += share ** 2 * ((m * (1 - m)) / (n - 1));
    units += n;
  }
  return { mean, standardError: Math.sqrt(variance), units };
}

it('averages the phases by the units of all arms, and leaves out those that are too young in any', () => {
  fc.assert(
    fc.property(phases, (given) => {
      const observed = observeArms(accuracy, armsOf(given));
      for (const arm of [0, 1] as const) {
        const { estimate, units } = observed[arm] as (typeof observed)[number];
        const expected = recomputed(given, arm);
        if (expected.units === 0) {
          expect(estimate).toBeNull();
          continue;
        }
        expect(estimate?.mean).toBeCloseTo(expected.mean, 10);
        expect(estimate?.standardError).toBeCloseTo(expected.standardError, 8);
        expect([units, estimate?.units]).toEqual([expected.units, expected.units]);
      }
    }),
  );
});

it('does not take the days for the arm: what is equal on each day is equal', () => {
  // Bad days with half of the traffic each, then good ones with nine units in ten for b.
  const arms = armsOf([
    [
      [500, 200],
      [500, 200],
    ],
    [
      [100, 80],
      [900, 720],
    ],
  ]);
  const [a, b] = observeArms(accuracy, arms);
  expect(a?.mean).toBeCloseTo(b?.mean as number, 12);
  const pooled = arms.map(({ sums }) => observeArm(accuracy, sums).mean as number);
  expect((pooled[1] as number) - (pooled[0] as number)).toBeGreaterThan(0.1);
});

it('observes what has no phases arm by arm', () => {
  const arms = armsOf([
    [
      [100, 50],
      [80, 60],
    ],
  ]).map(({ variant, sums }) => ({ variant, sums }));
  expect(observeArms(accuracy, arms)).toEqual(arms.map(({ sums }) => observeArm(accuracy, sums)));
});

it('counts units before there is anything to compare', () => {
  const observed = observeArms(
    accuracy,
    armsOf([
      [
        [40, 20],
        [20, 10],
      ],
    ]),
  );
  expect(observed).toEqual([
    { units: 40, mean: 0.5, estimate: null },
    { units: 20, mean: 0.5, estimate: null },
  ]);
});
