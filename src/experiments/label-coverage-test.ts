import { pearsonHomogeneity } from '../statistics/chi-square-homogeneity';
import type { Metric } from './metric';
import type { VariantSums } from './result-sums';

export interface LabelCoverageTest {
  /** Null: no labels to speak of yet, or none of the experiment's metrics needs any. */
  readonly pValue: number | null;
  /** p < 0.001: what is known of the arms is not comparable. */
  readonly imbalanced: boolean;
}

const imbalanceThreshold = 0.001;
/** Cochran's rule, for every cell of the table. */
const leastExpected = 5;

/** Whether a metric is nothing without labels. */
export function needsLabels({ key }: Pick<Metric, 'key'>): boolean {
  return ['accuracy', 'log_loss', 'brier_score'].includes(key);
}

/**
 * Do the arms get labels equally often? Pearson's chi-square on labelled and unlabelled predictions by arm, of one look, after all counts were divided
 * by a design effect (Rao and Scott 1992), since the predictions of one unit are not independent: often all of them are labelled or none.
 *
 * The design effect is sum(L^2) / sum(L), L the labelled predictions of a unit, which `accuracy` keeps; the largest of the arms goes for all. It is
 * never below the true one, (sum(L^2) - p^2 sum(P^2)) / (p (1 - p) sum(P)) with P predictions of a unit of which the share p is labelled, because
 * L <= P makes sum(L^2) <= sum(L P) = p sum(P^2) on average; the two are equal where a unit has all of its labels or none. So p is too large rather
 * than too small. Arms without predictions do not count; every cell needs 5 expected after the division.
 */
export function labelCoverageTest(arms: readonly VariantSums[]): LabelCoverageTest {
  const compared = arms.filter(({ predictions }) => predictions > 0);
  const designEffect = Math.max(...compared.map(labelsOfALabel));
  // A label of a prediction that failed is no label of an answer.
  const labelled = compared.map((arm) => Math.min(arm.labelledPredictions, arm.predictions) / designEffect);
  const unlabelled = compared.map((arm, index) => arm.predictions / designEffect - (labelled[index] as number));
  const pValue = designEffect > 0 && isEnough(labelled, unlabelled) ? pearsonHomogeneity(labelled, unlabelled).pValue : null;
  return { pValue, imbalanced: pValue !== null && pValue < imbalanceThreshold };
}

/** sum(L^2) / sum(L): how many labels the unit of an average label has; 0 without any. */
function labelsOfALabel({ metrics }: VariantSums): number {
  const { denominator = 0, denominatorSquared = 0 } = metrics.accuracy ?? {};
  return denominator > 0 ? Math.max(1, denominatorSquared / denominator) : 0;
}

function isEnough(labelled: readonly number[], unlabelled: readonly number[]): boolean {
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  const rarer = Math.min(total(labelled), total(unlabelled)) / (total(labelled) + total(unlabelled));
  return labelled.length > 1 && labelled.every((count, arm) => (count + (unlabelled[arm] as number)) * rarer >= leastExpected);
}
