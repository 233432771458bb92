import { lgamma } from '../statistics/special-functions';

/** `hits` rows of `rows` have the property that is compared. */
export interface Share {
  readonly hits: number;
  readonly rows: number;
}

export interface FisherExact {
  /** P(at least as many hits in the second sample), both margins given. */
  readonly upperTail: number;
  /** P(at most as many hits in the second sample). */
  readonly lowerTail: number;
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
  const highest = Math.min(hits, current.rows);
  const lowest = Math.max(0, hits - reference.rows);
  const upperTail = tail(reference, current, current.hits, highest);
  const lowerTail = tail(reference, current, lowest, current.hits);
  return { upperTail, lowerTail, twoSided: Math.min(1, 2 * Math.min(upperTail, lowerTail)) };
}

/** Sum of the hypergeometric probabilities of first..last; the smaller terms come first, so that none is lost. */
function tail(reference: Share, current: Share, first: number, last: number): number {
  const hits = reference.hits + current.hits;
  const rows = reference.rows + current.rows;
  const terms: number[] = [];
  for (let x = first; x <= last; x++) {
    terms.push(Math.exp(logChoose(hits, x) + logChoose(rows - hits, current.rows - x) - logChoose(rows, current.rows)));
  }
  return Math.min(
    1,
    terms.sort((a, b) => a - b).reduce((sum, term) => sum + term, 0),
  );
}

function logChoose(n: number, k: number): number {
  return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

function requireShare({ hits, rows }: Share): void {
  if (Number.isInteger(hits) && Number.isInteger(rows) && hits >= 0 && hits <= rows) return;
  throw new RangeError(`A share needs whole numbers with 0 <= hits <= rows, not ${hits} of ${rows}.`);
}
