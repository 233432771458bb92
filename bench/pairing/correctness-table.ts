/** Inputs by which of two versions was right. */
export interface CorrectnessTable {
  readonly bothCorrect: number;
  readonly onlyControlCorrect: number;
  readonly onlyTreatmentCorrect: number;
  readonly neitherCorrect: number;
}

/** What an arithmetic of two accuracies allows at most, and what the table gives. */
export interface Savings {
  /** Units of a shadow / units of an A/B test with the same error. */
  readonly unitsOfShadow: number;
  /** The same if the better version erred only where the other does. */
  readonly leastUnitsOfShadow: number;
  /** Share of the variance that the control's score takes out of an A/B test with equal arms. */
  readonly removedByScore: number;
  readonly mostRemovedByScore: number;
}

/**
 * With error rates e and f of control and treatment, variances v = e (1 - e) and w = f (1 - f) and the covariance c of being right: an A/B test with n units has the
 * variance (v + w) / (n / 2), a shadow with n units (v + w - 2 c) / n, so it needs 1/2 - c / (v + w) of the units. One coefficient for both arms, theta =
 * (v + c) / (2 v), leaves of v + w what (v + c)^2 / (2 v) does not take. c is at most min(e, f) - e f.
 */
export function savingsOf(table: CorrectnessTable): Savings {
  const { bothCorrect, onlyControlCorrect, onlyTreatmentCorrect, neitherCorrect } = table;
  const inputs = bothCorrect + onlyControlCorrect + onlyTreatmentCorrect + neitherCorrect;
  const [e, f] = [(onlyTreatmentCorrect + neitherCorrect) / inputs, (onlyControlCorrect + neitherCorrect) / inputs];
  const [v, w] = [e * (1 - e), f * (1 - f)];
  const [c, most] = [neitherCorrect / inputs - e * f, Math.min(e, f) - e * f];
  const units = (covariance: number) => 0.5 - covariance / (v + w);
  const removed = (covariance: number) => (v + covariance) ** 2 / (2 * v * (v + w));
  return { unitsOfShadow: units(c), leastUnitsOfShadow: units(most), removedByScore: removed(c), mostRemovedByScore: removed(most) };
}
