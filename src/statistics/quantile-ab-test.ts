import { type OrderedSample, valuesUpTo } from './ordered-sample';
import { lowerEnd, upperEnd } from './quantile-confidence-sequence';
import { QuantileEvidence, type QuantileOptions } from './quantile-evidence';

export interface QuantileComparison {
  /** Of this look alone; the running minimum is valid at every look together. */
  readonly pValue: number;
  /** Ends of an interval for quantile(treatment) - quantile(control), in the unit of the values; infinite while there are too few units. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * Do two streams have the same q-quantile (the p95 latency, say), at whatever look? With the evidence G_c and G_t of the arms against a common
 * quantile x, p = min(1, exp(-min over x of (G_c(x) + G_t(x)))). The product of the two e-processes is one again, since units of different arms are
 * independent, so no share of alpha is lost to the two. Source: Howard, Ramdas, arXiv 1906.09712, section 4.2 (quantile A/B test).
 *
 * The interval holds every difference y - x of values with G_c(x) + G_t(y) <= ln(1 / alpha); it excludes 0 exactly when p < alpha. No
 * assumption on the distributions, and arms may grow at any rate; units must be independent (see `quantileConfidenceSequence`).
 *
 * Cost: O(values between the two quantiles' intervals). Absolute error of ln p below 1e-9.
 *
 * @throws RangeError when an option is out of its range.
 * @example quantileAbTest(control, treatment, { quantile: 0.95, alpha: 0.05, tuningUnits: 1000 }).pValue;
 */
export function quantileAbTest(control: OrderedSample, treatment: OrderedSample, options: QuantileOptions): QuantileComparison {
  const [c, t] = [new QuantileEvidence(control, options), new QuantileEvidence(treatment, options)];
  const threshold = -Math.log(options.alpha);
  return {
    pValue: pValueOf(c, t),
    lower: 0 - largestDifference(t, c, threshold),
    upper: largestDifference(c, t, threshold),
  };
}

/**
 * The p-value of `quantileAbTest` without its interval, for guardrails that are asked often: O(log n) but for values between the two quantiles.
 *
 * @throws RangeError when an option is out of its range.
 */
export function quantileAbPValue(control: OrderedSample, treatment: OrderedSample, options: QuantileOptions): number {
  return pValueOf(new QuantileEvidence(control, options), new QuantileEvidence(treatment, options));
}

function pValueOf(control: QuantileEvidence, treatment: QuantileEvidence): number {
  return Math.min(1, Math.exp(-leastSum(control, treatment)));
}

/** min over x of G_a(x) + G_b(x). Left of both best values both fall with x and right of both they rise, so it lies between them. */
function leastSum(a: QuantileEvidence, b: QuantileEvidence): number {
  const bests = [bestValue(a), bestValue(b)];
  const [from, to] = [Math.min(...bests), Math.max(...bests)];
  let least = Number.POSITIVE_INFINITY;
  for (const { sample } of [a, b]) {
    for (let at = Math.max(0, valuesUpTo(sample, from) - 1); at < sample.values.length; at++) {
      const x = sample.values[at] as number;
      if (x > to) break;
      if (x >= from) least = Math.min(least, against(a, x) + against(b, x));
    }
  }
  return least;
}

function bestValue({ sample, leastAt }: QuantileEvidence): number {
  return sample.values[leastAt] as number;
}

function against(evidence: QuantileEvidence, x: number): number {
  const position = valuesUpTo(evidence.sample, x) - 1;
  return evidence.sample.values[position] === x ? evidence.at(position) : evidence.after(position);
}

/** The largest y - x with G_a(x) + G_b(y) <= threshold: x left of a's best value, y right of b's, each further out costs more evidence. */
function largestDifference(a: QuantileEvidence, b: QuantileEvidence, threshold: number): number {
  const [leastOfA, leastOfB] = [a.at(a.leastAt), b.at(b.leastAt)];
  if (a.after(-1) + leastOfB <= threshold || leastOfA + b.after(b.sample.values.length - 1) <= threshold) return Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  const first = valuesUpTo(a.sample, lowerEnd(a, threshold - leastOfB)) - 1;
  for (let at = first; at <= a.leastAt; at++) {
    const y = upperEnd(b, threshold - a.at(at));
    largest = Math.max(largest, y - (a.sample.values[at] as number));
  }
  return largest;
}
