import { hypergeometricCdf, hypergeometricProbability, hypergeometricSurvival, type Urn } from './hypergeometric-distribution';
import type { Alternative } from './welch-test';
import { type ProportionCounts, requireProportion } from './wilson-interval';

/** Two tables whose probabilities differ by less, relatively, are equally likely: their difference is rounding. */
const equalWithin = 1e-10;

/**
 * Do two independent proportions differ? Exact p given the margins, for counts too small for `twoProportionTest`: a canary with 3 errors in
 * 40 requests. Two-sided: the probability of all tables that are at most as likely as the observed one. It never has more than alpha false
 * alarms, with small counts much fewer. Source: Fisher (1934). Relative error below 1e-10 (above 1e-300, below that 0).
 *
 * @returns p; 1 when an arm has no trials or the outcomes are all alike.
 * @throws RangeError unless 0 <= successes <= trials are whole numbers.
 * @example fisherExactTest({ successes: 1, trials: 4 }, { successes: 3, trials: 4 }); // 0.4857...
 */
export function fisherExactTest(control: ProportionCounts, treatment: ProportionCounts, alternative: Alternative = 'TWO_SIDED'): number {
  requireProportion(control);
  requireProportion(treatment);
  const urn = {
    population: control.trials + treatment.trials,
    successes: control.successes + treatment.successes,
    draws: treatment.trials,
  };
  const observed = treatment.successes;
  switch (alternative) {
    case 'GREATER':
      return hypergeometricSurvival(observed - 1, urn);
    case 'LESS':
      return hypergeometricCdf(observed, urn);
    case 'TWO_SIDED':
      return Math.min(1, atMostAsLikely(observed, urn));
  }
}

/** The tail of the observed count, and that of the other side from the first count on which is at most as likely. */
function atMostAsLikely(observed: number, urn: Urn): number {
  const { population, successes, draws } = urn;
  const mode = Math.floor(((draws + 1) * (successes + 1)) / (population + 2));
  const least = Math.max(0, draws + successes - population);
  const most = Math.min(draws, successes);
  const limit = hypergeometricProbability(observed, urn) * (1 + equalWithin);
  const isUnlikely = (count: number) => hypergeometricProbability(count, urn) <= limit;
  if (isUnlikely(mode)) return 1;
  if (observed < mode) return hypergeometricCdf(observed, urn) + hypergeometricSurvival(firstUnlikely(mode, most + 1, isUnlikely) - 1, urn);
  return hypergeometricSurvival(observed - 1, urn) + hypergeometricCdf(firstUnlikely(mode, least - 1, isUnlikely), urn);
}

/** From the mode, which is likely, to the end, which is beyond the possible, probabilities only fall: bisection. */
function firstUnlikely(mode: number, end: number, isUnlikely: (count: number) => boolean): number {
  let [likely, unlikely] = [mode, end];
  while (Math.abs(unlikely - likely) > 1) {
    const middle = Math.trunc((likely + unlikely) / 2);
    if (isUnlikely(middle)) unlikely = middle;
    else likely = middle;
  }
  return unlikely;
}
