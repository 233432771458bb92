import { effectiveSampleSize } from '../statistics/effective-sample-size';
import { withPooledSpread } from '../statistics/pooled-spread';
import { leastSpread } from './arm-varies';
import { pairedContrast, pairedEstimates } from './compare-pairs';
import { countedUnits } from './counted-units';
import { estimateArms } from './estimate-arms';
import type { Experiment } from './experiment';
import type { Arm } from './experiment-health';
import type { Metric } from './metric';
import { leastUnits } from './metric-result';
import type { PairedArm } from './paired-sums';

/** One treatment beside the control, as the verdict compares the two. */
export interface ProgressContrast {
  /** Of the control, unadjusted, in the metric's unit: what a change is a share of. */
  readonly controlMean: number;
  /** Of the difference as it is known now, in the metric's unit: of pairs, of adjusted arms or of phases where those are compared. */
  readonly standardError: number;
  /** The time that its confidence sequence goes by, in units of both arms, or in units with pairs. */
  readonly sampleSize: number;
  readonly unitsInSmallestArm: number;
}

export interface Compared {
  readonly experiment: Experiment;
  readonly arms: readonly Arm[];
  /** Null unless it is a shadow. */
  readonly pairs: readonly PairedArm[] | null;
}

/** One for each treatment that gets units, or inputs beside the control; or the sentence that says why nothing can be said yet. */
export function progressContrasts(metric: Metric, compared: Compared): readonly ProgressContrast[] | string {
  const { experiment, pairs } = compared;
  const contrasts = pairs ? ofPairs(metric, experiment, pairs) : ofArms(metric, compared);
  if (contrasts.length === 0 || contrasts.includes(null)) return tooFew(metric, experiment);
  const known = contrasts as readonly ProgressContrast[];
  if (known.some(({ controlMean }) => controlMean === 0)) return `${metric.name} of the control is 0, so no change can be a share of it.`;
  const spreads = known.map(({ controlMean, ...own }) => Math.sqrt(unitVariance(own)) / Math.abs(controlMean));
  if (!spreads.every(Number.isFinite)) return `${metric.name} has values too large to compute with.`;
  if (spreads.every((spread) => spread > leastSpread)) return known;
  return `${metric.name} does not ${pairs ? 'differ between the versions' : 'vary between units'} yet.`;
}

/** s^2 of two equal arms of N / 2 units each whose difference would be known as well: SE^2 = 2 s^2 / (N / 2). */
export function unitVariance({ standardError, sampleSize }: Pick<ProgressContrast, 'standardError' | 'sampleSize'>): number {
  return (standardError ** 2 * sampleSize) / 4;
}

function tooFew(metric: Metric, { kind }: Experiment): string {
  const where = kind === 'BANDIT' ? ' in one phase' : '';
  return `Each variant needs at least ${leastUnits} ${countedUnits(metric, kind)}${where} before it can be said how far the experiment has come.`;
}

/** Null: too few units for it. */
function ofPairs(metric: Metric, { variants }: Experiment, pairs: readonly PairedArm[]): readonly (ProgressContrast | null)[] {
  return variants
    .filter(({ isControl }) => !isControl)
    .map(({ key }) => {
      const moments = pairs.find(({ variant }) => variant === key)?.moments[metric.key];
      if (!moments || moments.units < leastUnits) return null;
      const [difference, estimates] = [pairedContrast(moments, metric, 1), pairedEstimates(moments)];
      if (!difference || !estimates) return null;
      const { standardError, units } = difference;
      return { controlMean: estimates.control.mean, standardError, sampleSize: units, unitsInSmallestArm: units };
    });
}

function ofArms(metric: Metric, { experiment, arms }: Compared): readonly (ProgressContrast | null)[] {
  const estimates = estimateArms(metric, arms, experiment.analysis).arms;
  const control = estimates.find(({ variant }) => variant.isControl);
  return estimates
    .filter(({ variant }) => !variant.isControl && variant.weight > 0)
    .map((treatment) => {
      const [base, own] = [control?.compared, treatment.compared];
      if (!control?.estimate || !base || !own || Math.min(base.units, own.units) < leastUnits) return null;
      const pooled = withPooledSpread({ control: base, treatment: own });
      return {
        controlMean: control.estimate.mean,
        standardError: Math.hypot(pooled.control.standardError, pooled.treatment.standardError),
        sampleSize: effectiveSampleSize(base.units, own.units),
        unitsInSmallestArm: Math.min(base.units, own.units),
      };
    });
}
