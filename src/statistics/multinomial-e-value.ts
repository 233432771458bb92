import { lgamma, stirlingCorrection } from './special-functions';

/**
 * ln of the evidence that counts n = (n_1 .. n_K) give against the shares theta: the Dirichlet(C theta) mixture of multinomial
 * likelihoods over the multinomial likelihood of theta,
 *
 * E = Gamma(C) / Gamma(C + N) prod Gamma(C theta_k + n_k) / Gamma(C theta_k) / prod theta_k^n_k, N = sum of n.
 *
 * While the shares are theta, E is a martingale of mean 1 that starts at 1, whatever the order of the units and however often one looks:
 * P(some E >= 1 / alpha) <= alpha (Ville). Sources: Lindon, Malek, Anytime-valid inference for multinomial count data, arXiv 2011.03567; with
 * two categories it is the two-sided beta-binomial mixture of Howard, Ramdas, McAuliffe, Sekhon, arXiv 1810.08240, where
 * C = r / (g h). Convex in theta for two categories.
 *
 * The gamma functions are written with what Stirling's formula leaves of them, so that their leading parts, of size N ln N, cancel on
 * paper and not in the sum: absolute error below 1e-11 up to N = 1e7.
 *
 * @param counts at least 0, need not be whole. @param shares above 0, of sum 1. @param concentration C, above 0: the larger, the smaller
 * the departures that are looked for, of about sqrt(theta (1 - theta) / C).
 * @throws RangeError when the lists differ in length or a number is out of its range.
 * @example logMultinomialEValue([520, 480], [0.5, 0.5], 2); // -2.42942...
 */
export function logMultinomialEValue(counts: readonly number[], shares: readonly number[], concentration: number): number {
  requireArguments(counts, shares, concentration);
  const prior = shares.map((share) => concentration * share);
  const posterior = prior.map((mass, at) => mass + (counts[at] ?? 0));
  return logBetaAround(posterior, shares) - logBetaAround(prior, shares);
}

/** sum of ln Gamma(x_k) - ln Gamma(X) - sum of x_k ln theta_k, X = sum of x. */
function logBetaAround(masses: readonly number[], shares: readonly number[]): number {
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  let sum = (Math.log(total) + (masses.length - 1) * Math.log(2 * Math.PI)) / 2 - remainder(total);
  masses.forEach((mass, at) => {
    const expected = total * (shares[at] as number);
    // x ln(x / e) - (x - e) for every x: the second parts add up to 0, and the rest is of second order in x / e - 1.
    const excess = (mass - expected) / expected;
    sum += expected * ((1 + excess) * Math.log1p(excess) - excess) - Math.log(mass) / 2 + remainder(mass);
  });
  return sum;
}

/** Below 15 by way of ln Gamma, whose recurrence is a product and not fifteen logarithms: searches call this thousands of times. */
function remainder(x: number): number {
  if (x >= 15) return stirlingCorrection(x);
  return lgamma(x) - ((x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2);
}

function requireArguments(counts: readonly number[], shares: readonly number[], concentration: number): void {
  if (counts.length !== shares.length) throw new RangeError('There must be as many shares as counts.');
  if (!counts.every((count) => Number.isFinite(count) && count >= 0)) throw new RangeError('Every count must be at least 0.');
  if (!shares.every((share) => share > 0 && share <= 1)) throw new RangeError('Every share must lie above 0 and be at most 1.');
  const sum = shares.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`The shares must add up to 1, not ${sum}.`);
  if (!(concentration > 0 && Number.isFinite(concentration)))
    throw new RangeError(`The concentration must be above 0, not ${concentration}.`);
}
