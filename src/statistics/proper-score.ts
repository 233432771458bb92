/** Probabilities of the true class below this count as this, so that one confident mistake is a large loss and not an infinite one. */
const minProbability = 1e-15;

/**
 * -ln P(true class), in nats: 0 for a sure and right prediction, ln k for a uniform guess among k classes, at most 34.5. A mean over units is
 * the log-loss; its standard error is that of any mean (`meanOfSums`, or `ratioOfSums` with many predictions a unit).
 *
 * @param probabilityOfTruth what the model gave to the class that proved true; for a binary label y it is y p + (1 - y) (1 - p).
 * @throws RangeError when it is outside 0..1.
 * @example logLoss(0.5); // 0.6931...
 */
export function logLoss(probabilityOfTruth: number): number {
  requireProbability(probabilityOfTruth);
  return -Math.log(Math.max(minProbability, probabilityOfTruth));
}

/**
 * (p - y)^2 of a binary label, 0..1; 0.25 for a guess of one half. A mean over units is the Brier score.
 *
 * @param probability of the positive class. @param isPositive the label.
 * @throws RangeError when the probability is outside 0..1.
 * @example brierScore(0.8, true); // 0.04
 */
export function brierScore(probability: number, isPositive: boolean): number {
  requireProbability(probability);
  return (probability - Number(isPositive)) ** 2;
}

/**
 * sum((p_k - y_k)^2) over the classes, Brier's own definition, 0..2. With two classes it is twice `brierScore`.
 *
 * @param probabilities by class. @param trueClass the 0-based class that proved true.
 * @throws RangeError when a probability is outside 0..1 or there is no such class.
 * @example multiclassBrierScore([0.2, 0.7, 0.1], 1); // 0.14
 */
export function multiclassBrierScore(probabilities: readonly number[], trueClass: number): number {
  if (!Number.isInteger(trueClass) || trueClass < 0 || trueClass >= probabilities.length) {
    throw new RangeError(`The true class must be one of the ${probabilities.length} classes, not ${trueClass}.`);
  }
  probabilities.forEach(requireProbability);
  return probabilities.reduce((sum, probability, k) => sum + (probability - Number(k === trueClass)) ** 2, 0);
}

function requireProbability(probability: number): void {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`A probability must lie between 0 and 1, not ${probability}.`);
}
