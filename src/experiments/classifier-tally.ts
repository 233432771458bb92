import { calibrationBin } from '../statistics/calibration';
import { atMostOne, labelScores, type ScorableAnswer } from './label-score';

/** What a variant's labelled predictions come to, as amounts by cell. Merges by addition, and what was added can be taken out. */
export type ClassifierTally = ReadonlyMap<number, number>;

/** Classes that are told apart; those from here on are one more row and column of the confusion matrix, and have no scores. */
export const maxClasses = 20;
export const calibrationBins = 15;
export const scoreBins = 64;

/**
 * Sums are kept in whole millionths: what is taken out leaves nothing behind, as differences of fractions would. A sum is within half a millionth of the
 * truth for each prediction in it.
 */
const millionth = 1e-6;
/** Scores are told apart by their log-odds, since those of a good model lie close to 0 and 1; log-odds beyond 16 are in the outer bins. */
const mostLogOdds = 16;
const columns = maxClasses + 1;
/** Where the parts begin. */
const places = { totals: 0, confusion: 10, calibration: 500, scores: 600 } as const;

export interface ClassifierTotals {
  readonly labelled: number;
  readonly correct: number;
  readonly logLoss: number;
  readonly brierScore: number;
}

/** What a labelled prediction adds. */
export function classifierCells(truth: number, answer: ScorableAnswer): readonly (readonly [cell: number, amount: number])[] {
  const { classIndex, confidence, probabilities } = answer;
  const correct = Number(truth === classIndex);
  const [logLoss, brierScore] = ['log_loss', 'brier_score'].map((metric) => inMillionths(labelScores[metric]?.(truth, answer) ?? 0));
  const bin = places.calibration + 3 * calibrationBin(atMostOne(confidence), calibrationBins);
  return [
    [places.totals, 1],
    [places.totals + 1, correct],
    [places.totals + 2, logLoss as number],
    [places.totals + 3, brierScore as number],
    [places.confusion + columns * Math.min(truth, maxClasses) + Math.min(classIndex, maxClasses), 1],
    [bin, 1],
    [bin + 1, inMillionths(atMostOne(confidence))],
    [bin + 2, correct],
    ...probabilities.slice(0, maxClasses).map((score, k) => [scoreCell(k, k === truth, scoreBin(score)), 1] as const),
  ];
}

export function totalsOf(tally: ClassifierTally): ClassifierTotals {
  const at = (index: number) => tally.get(places.totals + index) ?? 0;
  return { labelled: at(0), correct: at(1), logLoss: at(2) * millionth, brierScore: at(3) * millionth };
}

/** Of so many classes; where there are more than are told apart, the last row and column are those. */
export function confusionOf(tally: ClassifierTally, classes: number): number[][] {
  const size = Math.min(classes, columns);
  return Array.from({ length: size }, (_, truth) =>
    Array.from({ length: size }, (_, predicted) => tally.get(places.confusion + columns * truth + predicted) ?? 0),
  );
}

/** How many classes there must be, from those that were seen. */
export function classesSeen(tally: ClassifierTally): number {
  const cells = [...tally.keys()].filter((cell) => cell >= places.confusion && cell < places.calibration);
  const seen = cells.flatMap((cell) => [Math.floor((cell - places.confusion) / columns), (cell - places.confusion) % columns]);
  return Math.max(0, ...seen.map((k) => k + 1));
}

export function calibrationBinsOf(tally: ClassifierTally) {
  const column = (index: number, unit: number) =>
    Array.from({ length: calibrationBins }, (_, bin) => (tally.get(places.calibration + 3 * bin + index) ?? 0) * unit);
  return { counts: column(0, 1), probabilities: column(1, millionth), positives: column(2, 1) };
}

/** One class against the rest. */
export function scoresOf(tally: ClassifierTally, k: number) {
  const row = (isPositive: boolean) => Array.from({ length: scoreBins }, (_, bin) => tally.get(scoreCell(k, isPositive, bin)) ?? 0);
  return { positives: row(true), negatives: row(false) };
}

function scoreCell(k: number, isPositive: boolean, bin: number): number {
  return places.scores + scoreBins * (2 * k + Number(isPositive)) + bin;
}

function scoreBin(score: number): number {
  const logOdds = Math.log(score / Math.max(0, 1 - score));
  const bin = Math.floor(((logOdds + mostLogOdds) / (2 * mostLogOdds)) * scoreBins);
  return Math.max(0, Math.min(scoreBins - 1, bin));
}

function inMillionths(value: number): number {
  return Math.round(value / millionth);
}
