import fc from 'fast-check';
import { comparePairs, pairedEstimates, pairedHarm } from '../../../src/experiments/compare-pairs';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { pairedDifference } from '../../../src/statistics/paired-difference';

const metricOf = (key: string) => builtInMetrics.find((metric) => metric.key === key) as Metric;
const accuracy = metricOf('accuracy');
const latency = metricOf('latency_ms');
const options = { method: 'ALWAYS_VALID', alpha: 0.05, leastUnits: 30 } as const;

/** One pair a unit. */
function ofPairs(pairs: readonly (readonly [control: number, treatment: number])[]): MomentMatrix {
  return MomentMatrix.of(pairs.map(([control, treatment]) => [1, control, treatment]));
}

const values = fc.array(fc.tuple(fc.double({ min: 1, max: 9, noNaN: true }), fc.double({ min: 1, max: 9, noNaN: true })), {
  minLength: 30,
  maxLength: 60,
});

describe('comparePairs', () => {
  it('is the paired difference where each unit has one pair', () => {
    fc.assert(
      fc.property(values, (pairs) => {
        const comparison = comparePairs(ofPairs(pairs), latency, options);
        const differences = pairs.map(([control, treatment]) => treatment - control);
        const expected = pairedDifference({
          units: pairs.length,
          sum: differences.reduce((sum, one) => sum + one, 0),
          sumOfSquares: differences.reduce((sum, one) => sum + one * one, 0),
        });
        expect(comparison?.absoluteLift.estimate).toBeCloseTo(expected?.mean as number, 9);
      }),
    );
  });

  it('turns its sign when the versions change places', () => {
    fc.assert(
      fc.property(values, (pairs) => {
        const one = comparePairs(ofPairs(pairs), latency, options);
        const other = comparePairs(ofPairs(pairs.map(([control, treatment]) => [treatment, control])), latency, options);
        expect(one?.absoluteLift.lower).toBeCloseTo(-(other?.absoluteLift.upper as number), 9);
        expect(one?.pValue).toBeCloseTo(other?.pValue as number, 9);
      }),
    );
  });

  it('has a relative interval that excludes 0 exactly when the absolute one does', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 3, noNaN: true }), (pairs, shift) => {
        const moved = pairs.map(([control, treatment]) => [control, treatment + shift] as const);
        const comparison = comparePairs(ofPairs(moved), latency, options);
        if (!comparison?.relativeLift) return;
        const excludes = ({ lower, upper }: { lower: number; upper: number }) => lower > 0 || upper < 0;
        const { absoluteLift, relativeLift } = comparison;
        const isAtTheEdge = Math.min(Math.abs(absoluteLift.lower), Math.abs(absoluteLift.upper)) < 1e-6;
        if (!isAtTheEdge) expect(excludes(relativeLift)).toBe(excludes(absoluteLift));
      }),
    );
  });

  it('counts a unit of many pairs as one', () => {
    const units = Array.from({ length: 40 }, (_, index) => [1, 5 + (index % 3), 6 + (index % 5)] as const);
    const once = comparePairs(MomentMatrix.of(units), latency, options);
    const tenfold = comparePairs(MomentMatrix.of(units.map((unit) => unit.map((value) => 10 * value))), latency, options);
    expect(tenfold?.absoluteLift.lower).toBeCloseTo(once?.absoluteLift.lower as number, 9);
    expect(tenfold?.pValue).toBeCloseTo(once?.pValue as number, 9);
  });

  it('is silent below the least units, and where values that are no shares never differ', () => {
    expect(comparePairs(ofPairs(Array.from({ length: 29 }, (_, i) => [i, i % 5] as const)), latency, options)).toBeNull();
    expect(comparePairs(ofPairs(Array.from({ length: 50 }, () => [3, 3] as const)), latency, options)).toBeNull();
  });

  it('knows how rarely two versions can differ that never did', () => {
    const same = (count: number) => ofPairs(Array.from({ length: count }, (_, i) => [i % 10 === 0 ? 0 : 1, i % 10 === 0 ? 0 : 1] as const));
    const few = comparePairs(same(100), accuracy, options)?.absoluteLift;
    const many = comparePairs(same(10_000), accuracy, options)?.absoluteLift;
    expect(few?.lower).toBeLessThan(-0.03);
    expect(many?.upper).toBeLessThan(0.001);
    expect(many?.estimate).toBe(0);
  });

  it('finds a difference by the other methods, too', () => {
    const pairs = Array.from({ length: 200 }, (_, index) => [5 + (index % 7), 5.5 + (index % 7) + (index % 2) / 10] as const);
    for (const method of ['ALWAYS_VALID', 'FIXED_HORIZON', 'BAYESIAN'] as const) {
      const comparison = comparePairs(ofPairs(pairs), latency, { ...options, method });
      expect(comparison?.absoluteLift.lower).toBeGreaterThan(0.5);
      expect(comparison?.relativeLift?.estimate).toBeCloseTo(0.55 / 7.97, 2);
      // Slower is worse.
      expect(comparison?.chanceToWin).toBeLessThan(0.001);
      expect(comparison?.pValue === null).toBe(method === 'BAYESIAN');
    }
  });

  it('raises no false alarm more often than alpha over many looks', () => {
    let state = 7;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    let alarms = 0;
    const runs = 200;
    for (let run = 0; run < runs; run++) {
      let moments = MomentMatrix.empty(3);
      for (let unit = 1; unit <= 600; unit++) {
        // Both are right in nine of ten, and mostly on the same inputs.
        const isHard = random() < 0.1;
        const answer = () => Number(random() > (isHard ? 0.6 : 0.04));
        moments = moments.add([1, answer(), answer()]);
        if (unit < 30 || unit % 10 !== 0) continue;
        const interval = comparePairs(moments, accuracy, options)?.absoluteLift;
        if (!interval || (interval.lower <= 0 && interval.upper >= 0)) continue;
        alarms++;
        break;
      }
    }
    expect(alarms / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });
});

describe('pairedHarm', () => {
  const pairs = (factor: number) =>
    ofPairs(Array.from({ length: 100 }, (_, index) => [4 + (index % 3), factor * (4 + (index % 3)) + (index % 2) / 5] as const));

  it('is crossed by what is worse than tolerated, and cleared by what is not', () => {
    expect(pairedHarm(pairs(5), latency, 0.5, 0.05)?.state).toBe('CROSSED');
    expect(pairedHarm(pairs(1), latency, 0.5, 0.05)?.state).toBe('CLEARED');
    expect(pairedHarm(pairs(1.48), latency, 0.5, 0.05)?.state).toBe('HOLDING');
    expect(pairedHarm(ofPairs([[1, 2]]), latency, 0.5, 0.05)).toBeNull();
  });

  it('looks the other way for what is better when higher', () => {
    const wrong = ofPairs(Array.from({ length: 200 }, (_, index) => [1, Number(index % 3 !== 0)] as const));
    expect(pairedHarm(wrong, accuracy, 0.1, 0.05)?.state).toBe('CROSSED');
    expect(pairedHarm(ofPairs(Array.from({ length: 200 }, () => [1, 1] as const)), accuracy, 0.1, 0.05)?.state).toBe('CLEARED');
  });
});

it('an arm of pairs is the ratio over units', () => {
  const { control, treatment } =
    pairedEstimates(
      MomentMatrix.of([
        [2, 1, 2],
        [3, 3, 1],
      ]),
    ) ?? {};
  expect([control?.mean, treatment?.mean, control?.units]).toEqual([0.8, 0.6, 2]);
});
