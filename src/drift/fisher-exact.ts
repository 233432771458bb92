import { lgamma } from '../statistics/special-functions';

/** `hits` rows of `rows` have the property that is compared. */
export interface Share {
  readonly hits: number;
  readonly rows: number;
}

export interface FisherExact {
  /** P(at least as many hits in the second sample), both margins given. */
  readonly upperTail: number;
  /** Twice the smaller tail, at most 1. */
  readonly twoSided: number;
}

/**
 * Fisher's exact test of two shares: right at any size, also where one side has no hit at all and the normal approximation is void.
 * Under the null hypothesis the hits of the second sample are hypergeometric.
 *
 * @throws RangeError unless hits and rows are whole numbers with 0 <= hits <= rows.
 * @example fisherExact({ hits: 0, rows: 3 }, { hits: 3, rows: 3 }).upperTail; // 0.05
 */
export function fisherExact(reference: Share, current: Share): FisherExact {
  requireShare(reference);
  requireShare(current);
  const hits = reference.hits + current.hits;
  const rows = reference.rows + current.rows;
  const mode = Math.floor(((hits + 1) * (current.rows + 1)) / (rows + 2));
  const probability = (x: number) =>
    Math.exp(logChoose(hits, x) + logChoose(rows - hits, current.rows - x) - logChoose(rows, current.rows));
  const lowest = Math.max(0, hits - reference.rows);
  const highest = Math.min(hits, current.rows);
  // Each sum runs away from the mode, where terms only fall; the tail that holds the mode is the complement of the other.
  const above = (x: number) => sumOutward(probability, x, highest, 1);
  const below = (x: number) => sumOutward(probability, x, lowest, -1);
  const x = current.hits;
  const upperTail = x > mode ? above(x) : 1 - below(x - 1);
  const lowerTail = x < mode ? below(x) : 1 - above(x + 1);
  return { upperTail, twoSided: Math.min(1, 2 * Math.min(upperTail, lowerTail)) };
}

function sumOutward(probability: (x: number) => number, first: number, last: number, step: 1 | -1): number {
  let sum = 0;
  for (let x = first; step * (last - x) >= 0; x += step) {
    const term = probability(x);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

function requireShare({ hits, rows }: Share): void {
  if (Number.isInteger(hits) && Number.isInteger(rows) && hits >= 0 && hits <= rows) return;
  throw new RangeError(`A share needs whole numbers with 0 <= hits <= rows, not ${hits} of ${rows}.`);
}
