import { requiredUnitsPerArm } from '../statistics/required-units';
import { type FormProblem, problem, refuseIfAny } from './form-error';

export interface SampleSizeQuestion {
  /** What is expected of the control, in the metric's own unit: 0.95 for an accuracy. */
  readonly baselineMean: number;
  /** Of one unit; null: that of a share, sqrt(mean (1 - mean)). */
  readonly standardDeviation: number | null;
  /** The smallest relative change that shall be found, 0.02 for 2%. */
  readonly minimumDetectableEffect: number;
  readonly alpha: number;
  readonly power: number;
  /** The control among them. */
  readonly variants: number;
  /** Units that take part in a day, all variants together; null: not known. */
  readonly unitsPerDay: number | null;
}

export interface SampleSizePlan {
  /** Units that each variant needs when the results may be looked at at any time, as experiments here are. Null: more than anybody has. */
  readonly unitsPerVariant: number | null;
  readonly units: number | null;
  /** Null: not known how many come in a day. */
  readonly days: number | null;
  /** What a test with one look, fixed beforehand, would need. */
  readonly unitsPerVariantAtFixedHorizon: number | null;
}

/** Of the confidence sequence that experiments are read by. */
export const tuningSampleSize = 5000;
const maxVariants = 20;
/** Far beyond any metric, and near enough that squares and quotients stay numbers. */
const [least, most] = [1e-50, 1e50];
const mostEffect = 1e6;

/**
 * How many units an experiment needs. Several treatments share alpha (as Holm's correction does for the first of them).
 * @throws FormError with every mistake
 */
export function planSampleSize(question: SampleSizeQuestion): SampleSizePlan {
  refuseIfAny(problemsOf(question));
  const { baselineMean: mean, standardDeviation, minimumDetectableEffect, power, variants, unitsPerDay } = question;
  const variance = standardDeviation === null ? mean * (1 - mean) : standardDeviation ** 2;
  const alpha = question.alpha / (variants - 1);
  const unitsFor = (kind: 'ALWAYS_VALID' | 'FIXED_HORIZON') =>
    requiredUnitsPerArm({ mean, variance }, minimumDetectableEffect, { alpha, power, test: { kind, tuningSampleSize } });
  const unitsPerVariant = unitsFor('ALWAYS_VALID');
  const units = unitsPerVariant === null ? null : unitsPerVariant * variants;
  return {
    unitsPerVariant,
    units,
    days: units === null || unitsPerDay === null ? null : units / unitsPerDay,
    unitsPerVariantAtFixedHorizon: unitsFor('FIXED_HORIZON'),
  };
}

function problemsOf(question: SampleSizeQuestion): FormProblem[] {
  const { baselineMean, standardDeviation, minimumDetectableEffect, alpha, power, variants, unitsPerDay } = question;
  const problems: FormProblem[] = [];
  const require = (holds: boolean, field: keyof SampleSizeQuestion, rule: string) => {
    if (!holds) problems.push(problem([field], `${field} must be ${rule}, not ${question[field]}.`));
  };
  const isInRange = (value: number) => value >= least && value <= most;
  require(isInRange(Math.abs(baselineMean)), 'baselineMean', `other than 0, since effects are relative to it, and at most ${most}`);
  if (standardDeviation !== null) require(isInRange(standardDeviation), 'standardDeviation', `above 0 and at most ${most}`);
  else if (problems.length === 0)
    require(baselineMean > 0 && baselineMean < 1, 'baselineMean', 'a share between 0 and 1 where no standardDeviation is given');
  require(minimumDetectableEffect > 0 &&
    minimumDetectableEffect <= mostEffect, 'minimumDetectableEffect', `above 0 and at most ${mostEffect}`);
  require(alpha > 0 && alpha <= 0.5, 'alpha', 'above 0 and at most 0.5');
  require(power > 0.5 && power < 1, 'power', 'above 0.5 and below 1');
  require(Number.isInteger(variants) && variants >= 2 && variants <= maxVariants, 'variants', `a whole number from 2 to ${maxVariants}`);
  if (unitsPerDay !== null)
    require(unitsPerDay >= 0.001 && Number.isFinite(unitsPerDay), 'unitsPerDay', 'a finite number of at least 0.001');
  return problems;
}
