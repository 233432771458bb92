import type { Answer, LabelEvent } from '../events/event';
import { logLoss, multiclassBrierScore } from '../statistics/proper-score';

/** What is needed of an answer to score it against the truth. */
export type ScorableAnswer = Pick<Extract<Answer, { kind: 'classification' }>, 'classIndex' | 'confidence' | 'probabilities'>;

/** Sums of rounded probabilities come a little above 1. */
const tolerance = 1e-6;

/**
 * The class that an answer is scored against; null: none. A label that is known by its text alone is not taken, also where it is the text of the
 * answer: wrong answers could not be told like that, and a score over right ones is no score.
 */
export function scoredClass(truth: LabelEvent['truth'], answer: ScorableAnswer | null): number | null {
  if (answer === null || truth.kind === 'value') return null;
  const { classIndex = null } = truth;
  const { probabilities } = answer;
  if (classIndex === null || classIndex >= probabilities.length || answer.classIndex >= probabilities.length) return null;
  return [answer.confidence, ...probabilities].every((one) => one >= 0 && one <= 1 + tolerance) ? classIndex : null;
}

/** The proper scores of an answer, by metric. */
export const labelScores: Readonly<Record<string, (truth: number, answer: ScorableAnswer) => number>> = {
  log_loss: (truth, { probabilities }) => logLoss(atMostOne(probabilities[truth] as number)),
  brier_score: (truth, { probabilities }) => multiclassBrierScore(probabilities.map(atMostOne), truth),
};

export function atMostOne(probability: number): number {
  return Math.min(1, probability);
}
