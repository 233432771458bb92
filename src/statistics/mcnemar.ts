import { binomialCdf } from './binomial-distribution';
import { chiSquaredSurvival } from './chi-squared-distribution';
import type { ArmEstimate } from './ratio-of-sums';

/** The labelled inputs that both models answered, by who was right. Two merge by adding. */
export interface PairedCorrectness {
  readonly bothCorrect: number;
  readonly onlyControlCorrect: number;
  readonly onlyTreatmentCorrect: number;
  readonly neitherCorrect: number;
}

export interface McNemarTest {
  /** Never more than alpha false alarms at level alpha, whatever the counts. */
  readonly exactPValue: number;
  /** The exact one with half the weight on what was observed: closer to alpha, hardly ever above. */
  readonly midPValue: number;
  readonly chiSquared: number;
  readonly chiSquaredPValue: number;
  /** With Edwards' correction (|b - c| - 1)^2 / (b + c). */
  readonly correctedChiSquared: number;
  readonly correctedPValue: number;
}

/**
 * Are two models equally often right on the same inputs? Only inputs on which exactly one is right tell: with b and c of them, exact p =
 * 2 P(Bin(b + c, 1/2) <= min(b, c)), at most 1, and chi-square (b - c)^2 / (b + c) with one degree of freedom. Source: McNemar (1947).
 * Inputs must be independent; with many a unit use `pairedDifference` over units. Relative error below 1e-12.
 *
 * @returns p-values of 1 when the models are right on the same inputs.
 * @throws RangeError when a count is not a whole number of at least 0.
 * @example mcnemarTest({ bothCorrect: 500, onlyControlCorrect: 10, onlyTreatmentCorrect: 4, neitherCorrect: 486 }).exactPValue; // 0.1795...
 */
export function mcnemarTest(pairs: PairedCorrectness): McNemarTest {
  requireCounts(pairs);
  const { onlyControlCorrect: b, onlyTreatmentCorrect: c } = pairs;
  const discordant = b + c;
  const fewer = Math.min(b, c);
  const distance = Math.abs(b - c);
  const chiSquared = discordant === 0 ? 0 : (distance * distance) / discordant;
  const correctedChiSquared = distance === 0 ? 0 : (distance - 1) ** 2 / discordant;
  const upTo = binomialCdf(fewer, discordant, 0.5);
  return {
    exactPValue: Math.min(1, 2 * upTo),
    midPValue: distance === 0 ? 1 : upTo + binomialCdf(fewer - 1, discordant, 0.5),
    chiSquared,
    chiSquaredPValue: chiSquaredSurvival(chiSquared, 1),
    correctedChiSquared,
    correctedPValue: chiSquaredSurvival(correctedChiSquared, 1),
  };
}

/**
 * Accuracy of the treatment less that of the control on the same inputs, (c - b) / N, SE = sqrt(b + c - (b - c)^2 / N) / N. The closed form of
 * `pairedDifference` for zeros and ones, with the divisor N instead of N - 1.
 *
 * @returns null without inputs.
 * @throws RangeError when a count is not a whole number of at least 0.
 */
export function pairedAccuracyDifference(pairs: PairedCorrectness): ArmEstimate | null {
  requireCounts(pairs);
  const { bothCorrect, onlyControlCorrect: b, onlyTreatmentCorrect: c, neitherCorrect } = pairs;
  const units = bothCorrect + b + c + neitherCorrect;
  if (units === 0) return null;
  const variance = Math.max(0, b + c - (b - c) * ((b - c) / units));
  return { mean: (c - b) / units, standardError: Math.sqrt(variance) / units, units };
}

function requireCounts(pairs: PairedCorrectness): void {
  const outside = Object.values(pairs).find((count) => !Number.isInteger(count) || count < 0);
  if (outside !== undefined) throw new RangeError(`A count must be a whole number of at least 0, not ${outside}.`);
}
