import { compareArms } from '../../src/experiments/compare-arms';
import { comparePairs } from '../../src/experiments/compare-pairs';
import { covariateSumsOf, noCovariateSums } from '../../src/experiments/covariate-sums';
import { estimateArms } from '../../src/experiments/estimate-arms';
import { noCuped, type Variant } from '../../src/experiments/experiment';
import type { Arm } from '../../src/experiments/experiment-health';
import { builtInMetrics, type Metric } from '../../src/experiments/metric';
import { leastUnits } from '../../src/experiments/metric-result';
import { addSums, type MetricSums, noSums, noTotals, sumsDelta } from '../../src/experiments/result-sums';
import { covariateDelta } from '../../src/experiments/unit-state';
import { MomentMatrix } from '../../src/statistics/moment-matrix';
import type { CorrectnessTable } from './correctness-table';

/** Whether control and treatment are right about an input, 0 or 1 each. */
type Pair = readonly [control: number, treatment: number];

export interface UnitsToVerdict {
  readonly split: number;
  readonly splitWithScore: number;
  readonly shadow: number;
}

const accuracy = builtInMetrics.find(({ key }) => key === 'accuracy') as Metric;
const options = { method: 'ALWAYS_VALID', alpha: 0.05, direction: 'higher', leastUnits } as const;
const lookEvery = 10;
/** Nobody waits longer. */
const mostUnits = 20_000;

/**
 * How many units, one input each, the three ways need until the interval of the difference lies above 0, looking every ten units: with the functions that results
 * are made of, and inputs drawn from the table again and again.
 *
 * @param random uniform on 0..1.
 */
export function unitsToVerdict(table: CorrectnessTable, random: () => number): UnitsToVerdict {
  const draw = () => drawPair(table, random);
  return {
    split: untilFound(splitOf(draw, random, false)),
    splitWithScore: untilFound(splitOf(draw, random, true)),
    shadow: untilFound(shadowOf(draw)),
  };
}

/** Adds a unit. @returns the lower end of the interval, when it is asked for; null while there is none. */
type Experiment = (isLook: boolean) => number | null;

function untilFound(addUnit: Experiment): number {
  for (let units = 1; units < mostUnits; units++) {
    const lower = addUnit(units % lookEvery === 0);
    if (lower !== null && lower > 0) return units;
  }
  return mostUnits;
}

function shadowOf(draw: () => Pair): Experiment {
  let moments = MomentMatrix.empty(3);
  return (isLook) => {
    moments = moments.add([1, ...draw()]);
    return isLook ? (comparePairs(moments, accuracy, options)?.absoluteLift.lower ?? null) : null;
  };
}

interface GrowingArm {
  readonly variant: Variant;
  units: number;
  sums: MetricSums;
  covariates: readonly number[];
}

function splitOf(draw: () => Pair, random: () => number, controlScore: boolean): Experiment {
  const arms = [true, false].map((isControl): GrowingArm => {
    const key = isControl ? 'control' : 'treatment';
    return {
      variant: { key, name: key, version: key, weight: 0.5, isControl },
      units: 0,
      sums: noSums,
      covariates: Object.values(noCovariateSums),
    };
  });
  return (isLook) => {
    const pair = draw();
    const arm = arms[random() < 0.5 ? 0 : 1] as GrowingArm;
    addUnit(arm, pair[arm.variant.isControl ? 0 : 1], pair[0]);
    if (!isLook) return null;
    const [control, treatment] = estimateArms(accuracy, arms.map(toArm), { ...noCuped, controlScore }).arms;
    if (!control?.compared || !treatment?.compared) return null;
    return compareArms(control.compared, treatment.compared, options)?.absoluteLift.lower ?? null;
  };
}

function addUnit(arm: GrowingArm, value: number, score: number): void {
  const totals = { numerator: value, denominator: 1 };
  const delta = covariateDelta({ totals: noTotals, covariate: null }, { totals, covariate: { numerator: score, denominator: 1 } }, null);
  arm.units++;
  arm.sums = addSums(arm.sums, sumsDelta(noTotals, totals));
  arm.covariates = arm.covariates.map((sum, at) => sum + (delta[at] as number));
}

function toArm({ variant, units, sums, covariates }: GrowingArm): Arm {
  return {
    variant,
    sums: {
      ...{ variant: variant.key, exposedUnits: units, predictions: units, labelledPredictions: units, histograms: {}, ripeUnits: {} },
      metrics: { accuracy: sums },
      covariates: { accuracy: covariateSumsOf(covariates) },
    },
  };
}

function drawPair({ bothCorrect, onlyControlCorrect, onlyTreatmentCorrect, neitherCorrect }: CorrectnessTable, random: () => number): Pair {
  const at = random() * (bothCorrect + onlyControlCorrect + onlyTreatmentCorrect + neitherCorrect);
  if (at < bothCorrect) return [1, 1];
  if (at < bothCorrect + onlyControlCorrect) return [1, 0];
  return at < bothCorrect + onlyControlCorrect + onlyTreatmentCorrect ? [0, 1] : [0, 0];
}
