/** Whether a result can be trusted; with too little traffic there is no saying yet. */
export type HealthVerdict = 'HEALTHY' | 'UNHEALTHY' | 'NOT_ENOUGH_TRAFFIC';

export interface HealthThresholds {
  /** Below this p of the units' split the assignment is broken. */
  readonly sampleRatioPValue: number;
  /** Units needed on average in every arm before the split is judged; a bandit does with 5. */
  readonly sampleRatioUnitsPerArm: number;
  /** From this share of units that saw more than one arm on, something switches them. */
  readonly multipleExposureShare: number;
  /** Units needed before that share is judged. */
  readonly multipleExposureUnits: number;
  /** Below this p, divided by the number of tests, the arms differed before the experiment. */
  readonly covariatePValue: number;
}

/** GrowthBook's, `packages/shared/src/health` (MIT). */
export const defaultHealthThresholds: HealthThresholds = Object.freeze({
  sampleRatioPValue: 0.001,
  sampleRatioUnitsPerArm: 8,
  multipleExposureShare: 0.01,
  multipleExposureUnits: 10,
  covariatePValue: 0.001,
});

/**
 * Of `sampleRatioMismatch`'s p: unhealthy below the threshold.
 *
 * @throws RangeError when p is outside 0..1, units is negative or there is no arm.
 * @example sampleRatioVerdict({ pValue: 0.0009, units: 1000, arms: 2 }); // 'UNHEALTHY'
 */
export function sampleRatioVerdict(
  { pValue, units, arms }: { readonly pValue: number; readonly units: number; readonly arms: number },
  thresholds: HealthThresholds = defaultHealthThresholds,
): HealthVerdict {
  requirePValue(pValue);
  requireCount(units);
  if (!(Number.isInteger(arms) && arms >= 1)) throw new RangeError(`There must be at least one arm, not ${arms}.`);
  if (units < thresholds.sampleRatioUnitsPerArm * arms) return 'NOT_ENOUGH_TRAFFIC';
  return pValue < thresholds.sampleRatioPValue ? 'UNHEALTHY' : 'HEALTHY';
}

/**
 * Of units that met more than one arm: unhealthy from the threshold's share on.
 *
 * @param counts switched of units in all.
 * @throws RangeError when a count is negative.
 * @example multipleExposureVerdict({ switched: 1, units: 101 }); // 'HEALTHY'
 */
export function multipleExposureVerdict(
  { switched, units }: { readonly switched: number; readonly units: number },
  thresholds: HealthThresholds = defaultHealthThresholds,
): HealthVerdict {
  requireCount(switched);
  requireCount(units);
  if (units < thresholds.multipleExposureUnits) return 'NOT_ENOUGH_TRAFFIC';
  return switched >= thresholds.multipleExposureShare * units ? 'UNHEALTHY' : 'HEALTHY';
}

/**
 * Of the p-values of covariates from before the experiment, one for each arm and metric: unhealthy when the smallest is below the threshold
 * divided by their number (Bonferroni).
 *
 * @throws RangeError when a p is outside 0..1.
 * @example covariateBalanceVerdict([0.0004, 0.3, 0.8]); // 'HEALTHY': 0.0004 is not below 0.001 / 3
 */
export function covariateBalanceVerdict(pValues: readonly number[], thresholds: HealthThresholds = defaultHealthThresholds): HealthVerdict {
  for (const pValue of pValues) requirePValue(pValue);
  if (pValues.length === 0) return 'NOT_ENOUGH_TRAFFIC';
  return Math.min(...pValues) < thresholds.covariatePValue / pValues.length ? 'UNHEALTHY' : 'HEALTHY';
}

function requirePValue(pValue: number): void {
  if (!(pValue >= 0 && pValue <= 1)) throw new RangeError(`A p-value must lie between 0 and 1, not ${pValue}.`);
}

function requireCount(count: number): void {
  if (!(Number.isFinite(count) && count >= 0)) throw new RangeError(`A number of units must be at least 0, not ${count}.`);
}
