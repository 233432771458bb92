import { type BinnedSample, binnedQuantile, binnedQuantileArm } from '../statistics/binned-quantile';
import { binnedQuantileTest } from '../statistics/binned-quantile-test';
import { absoluteLift } from '../statistics/lift';
import { chanceToWin, expectedLoss } from '../statistics/posterior';
import type { ArmEstimate } from '../statistics/ratio-of-sums';
import { type Comparison, type ComparisonOptions, compareArms } from './compare-arms';

/** Units in an arm at which the test is sharpest: a p95 needs some more than a mean. */
const tuningUnits = 1000;

interface Arm {
  readonly sample: BinnedSample;
  readonly estimate: ArmEstimate;
  /** How far the quantile of the values may be from that of the bins, on either side. */
  readonly slack: number;
  readonly lower: number;
}

/**
 * The quantile of a treatment against that of the control, by the method of the plan. ALWAYS_VALID is exact, whatever the distribution. The
 * others rely on the normal approximation of a quantile; what the bins leave open is taken off the difference before it is tested, and added
 * to the interval. Null while a side of the interval has no end, or a standard error cannot be told: too few units for that quantile.
 */
export function compareQuantiles(
  control: BinnedSample,
  treatment: BinnedSample,
  options: ComparisonOptions & { readonly quantile: number },
): Comparison | null {
  const arms = { control: armOf(control, options.quantile), treatment: armOf(treatment, options.quantile) };
  if (!arms.control || !arms.treatment) return null;
  if (Math.min(arms.control.estimate.units, arms.treatment.estimate.units) < options.leastUnits) return null;
  const compare = options.method === 'ALWAYS_VALID' ? byConfidenceSequence : byNormalApproximation;
  return compare(arms.control, arms.treatment, options);
}

type Options = Parameters<typeof compareQuantiles>[2];

function armOf(sample: BinnedSample, quantile: number): Arm | null {
  const [found, estimate] = [binnedQuantile(sample, quantile), binnedQuantileArm(sample, quantile)];
  return found && estimate && { sample, estimate, slack: (found.upper - found.lower) / 2, lower: found.lower };
}

function byConfidenceSequence(control: Arm, treatment: Arm, { quantile, alpha, direction }: Options): Comparison | null {
  const { pValue, lower, upper, relative } = binnedQuantileTest(control.sample, treatment.sample, { quantile, alpha, tuningUnits });
  if (!Number.isFinite(lower) || !Number.isFinite(upper)) return null;
  const { estimate, standardError } = absoluteLift(control.estimate, treatment.estimate);
  const gain = { estimate: direction === 'higher' ? estimate : -estimate, standardError };
  const share = { estimate: estimate / control.estimate.mean, level: 1 - alpha };
  return {
    absoluteLift: { estimate, lower, upper, level: 1 - alpha },
    relativeLift: relative && Number.isFinite(relative.lower) && Number.isFinite(relative.upper) ? { ...share, ...relative } : null,
    pValue,
    chanceToWin: chanceToWin(gain),
    expectedLoss: expectedLoss(gain),
  };
}

function byNormalApproximation(control: Arm, treatment: Arm, options: Options): Comparison | null {
  const slack = control.slack + treatment.slack;
  const difference = treatment.estimate.mean - control.estimate.mean;
  const least = Math.sign(difference) * Math.max(0, Math.abs(difference) - slack);
  const whole = compareArms(control.estimate, treatment.estimate, options);
  const shrunk = compareArms(control.estimate, { ...treatment.estimate, mean: control.estimate.mean + least }, options);
  if (!whole || !shrunk) return null;
  const { absoluteLift: lift, relativeLift: relative } = whole;
  const isPositive = control.lower > 0 && treatment.lower > 0;
  return {
    ...shrunk,
    absoluteLift: { ...lift, lower: lift.lower - slack, upper: lift.upper + slack },
    // A quotient of two values that are each known to half a percent is known to 1.01 percent.
    relativeLift:
      relative && isPositive ? { ...relative, lower: stretched(relative.lower, -1), upper: stretched(relative.upper, 1) } : null,
  };
}

function stretched(lift: number, side: 1 | -1): number {
  const isOutward = lift > -1 ? side : -side;
  return (1 + lift) * 1.0101 ** isOutward - 1;
}
