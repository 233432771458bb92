import { binomialProbability } from './binomial-distribution';

/** An urn: `population` balls, `successes` of them marked, `draws` taken without putting any back. */
export interface Urn {
  readonly population: number;
  readonly successes: number;
  readonly draws: number;
}

/**
 * P(X = k), the probability of k marked balls among those drawn: C(K, k) C(N - K, n - k) / C(N, n), as three binomial probabilities at the
 * same p = n / N, whose powers of p cancel exactly (Loader, 2000). Relative error below 1e-12 (above 1e-300).
 *
 * @param k a whole number; one that cannot happen has probability 0.
 * @throws RangeError unless k, population, successes and draws are whole numbers, 0 <= successes, draws <= population.
 * @example hypergeometricProbability(2, { population: 52, successes: 13, draws: 10 }); // 0.30334...
 */
export function hypergeometricProbability(k: number, urn: Urn): number {
  requireArguments(k, urn);
  const { population, successes, draws } = urn;
  const p = population === 0 ? 0 : draws / population;
  const marked = binomialProbability(k, successes, p);
  return (marked * binomialProbability(draws - k, population - successes, p)) / binomialProbability(draws, population, p);
}

/**
 * P(X <= k), exact in the lower tail. The smaller tail is summed from k outward, its terms by their ratio. Relative error below 1e-12
 * (above 1e-300).
 *
 * @throws RangeError as `hypergeometricProbability`.
 * @example hypergeometricCdf(4, { population: 52, successes: 13, draws: 10 }); // 0.943185527120514
 */
export function hypergeometricCdf(k: number, urn: Urn): number {
  requireArguments(k, urn);
  return isBelowMean(k, urn) ? lowerTail(k, urn) : 1 - lowerTail(urn.draws - k - 1, unmarked(urn));
}

/**
 * P(X > k), exact in the upper tail. Relative error below 1e-12 (above 1e-300).
 *
 * @throws RangeError as `hypergeometricProbability`.
 * @example hypergeometricSurvival(30, { population: 200, successes: 50, draws: 60 }); // 4.0019838593367385e-8
 */
export function hypergeometricSurvival(k: number, urn: Urn): number {
  requireArguments(k, urn);
  return isBelowMean(k, urn) ? 1 - lowerTail(k, urn) : lowerTail(urn.draws - k - 1, unmarked(urn));
}

function requireArguments(k: number, { population, successes, draws }: Urn): void {
  if (!(Number.isInteger(population) && population >= 0)) {
    throw new RangeError(`The population must be a whole number of at least 0, not ${population}.`);
  }
  if (!(Number.isInteger(successes) && successes >= 0 && successes <= population)) {
    throw new RangeError(`The successes must be a whole number between 0 and the population of ${population}, not ${successes}.`);
  }
  if (!(Number.isInteger(draws) && draws >= 0 && draws <= population)) {
    throw new RangeError(`The draws must be a whole number between 0 and the population of ${population}, not ${draws}.`);
  }
  if (!Number.isInteger(k)) throw new RangeError(`The number of marked balls drawn must be a whole number, not ${k}.`);
}

function isBelowMean(k: number, { population, successes, draws }: Urn): boolean {
  return k * population <= draws * successes;
}

/** The same urn with the marks exchanged: draws - X of its balls are drawn with the new mark. */
function unmarked(urn: Urn): Urn {
  return { ...urn, successes: urn.population - urn.successes };
}

/** P(X <= k) for k up to the mean: P(X = k) times 1 + ratio + ratio * next ratio + ... */
function lowerTail(k: number, urn: Urn): number {
  const { population, successes, draws } = urn;
  let term = 1;
  let sum = 1;
  for (let j = k; j > 0 && term > sum * 1e-17; j--) {
    term *= (j / (successes - j + 1)) * ((population - successes - draws + j) / (draws - j + 1));
    sum += term;
  }
  return hypergeometricProbability(k, urn) * sum;
}
