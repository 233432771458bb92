import { type BinnedSample, unitsOf } from './binned-quantile';
import { binEdges, binRatio } from './logarithmic-bins';
import { type OrderedSample, orderedCounts } from './ordered-sample';
import { quantileAbPValue, quantileAbTest } from './quantile-ab-test';
import { lowerEnd } from './quantile-confidence-sequence';
import { QuantileEvidence, type QuantileOptions } from './quantile-evidence';

interface Ends {
  /** Infinite while there are too few units. */
  readonly lower: number;
  readonly upper: number;
}

export interface BinnedQuantileComparison extends Ends {
  readonly pValue: number;
  /** (quantile(treatment) - quantile(control)) / quantile(control); null while a quantile of 0 or below is possible in an arm. */
  readonly relative: Ends | null;
}

export interface QuantileHarmOptions extends QuantileOptions {
  /** Whether the treatment harms by being 'higher' or 'lower' than the control. */
  readonly worse: 'higher' | 'lower';
  /** Tolerated harm as a share of the control's quantile. */
  readonly maxRelativeHarm: number;
}

/** What two arms are as ordered samples, each by one of the edges of its bins. */
type Edge = (bin: number) => number;

/**
 * `quantileAbTest` of two samples of which only the bins are known (`logarithmicBin`), valid at every look for the values themselves. The
 * evidence against a bin is the least of that against a value in it, since any share of the units from its lower to its upper edge is allowed (see
 * `QuantileEvidence`). With each pair of bins that is not excluded the interval takes the edges that are furthest apart, so it is wider by at most a
 * bin of each arm on each side; the p-value takes those that are closest, so it is below alpha exactly when the interval excludes 0.
 *
 * The relative interval is the same one over logarithms (bins are as wide there as here), which keeps quantiles where they are.
 *
 * @throws RangeError when an option is out of its range or a sample has no units.
 * @example binnedQuantileTest(control, treatment, { quantile: 0.95, alpha: 0.05, tuningUnits: 1000 }).pValue;
 */
export function binnedQuantileTest(control: BinnedSample, treatment: BinnedSample, options: QuantileOptions): BinnedQuantileComparison {
  const edges: readonly [Edge, Edge] = [lowerEdge, upperEdge];
  return {
    pValue: Math.min(pValueOf([control, treatment], edges, 1, options), pValueOf([control, treatment], edges, -1, options)),
    ...endsOf([control, treatment], edges, edges, options),
    relative: relativeEnds(control, treatment, options),
  };
}

/**
 * Is the treatment worse than tolerated, at whatever look? The harm in excess of what is tolerated is y - x - h |x| where higher is worse, and x - h |x| - y where
 * lower is, for the quantiles x of the control and y of the treatment. x +- h |x| rises with x, so it is the quantile of the control's values
 * scaled like that, and the test is `quantileAbTest` of those. Conservative in the bins as `binnedQuantileTest`; the p-value is that of "not worse than
 * tolerated", one-sided at the price of two sides.
 *
 * @returns null when the scaled values would not rise: h >= 1 with values of the sign that it turns around.
 * @throws RangeError as `binnedQuantileTest`.
 */
export function binnedQuantileHarm(
  control: BinnedSample,
  treatment: BinnedSample,
  options: QuantileHarmOptions,
): (Ends & { readonly pValue: number }) | null {
  const { worse, maxRelativeHarm } = options;
  const sign = worse === 'higher' ? 1 : -1;
  const turned = control.bins.some((bin, index) => control.units[index] !== 0 && (sign > 0 ? bin <= 0 : bin >= 0));
  if (maxRelativeHarm >= 1 && turned) return null;
  const scaled = (edge: Edge) => (bin: number) => edge(bin) + sign * maxRelativeHarm * Math.abs(edge(bin));
  const [low, high] = [scaled(lowerEdge), scaled(upperEdge)];
  const { lower, upper } = endsOf([control, treatment], [low, high], [lowerEdge, upperEdge], options);
  const difference = sign > 0 ? { lower, upper } : { lower: -upper, upper: -lower };
  return { ...difference, pValue: pValueOf([control, treatment], [low, high], sign, options) };
}

/**
 * Of "the treatment's quantile is not above the control's" (sign 1) or not below it (-1): 1 when the bins do not say so, else the test with the
 * arms as close to each other as their bins allow.
 */
function pValueOf(
  [control, treatment]: readonly [BinnedSample, BinnedSample],
  [controlLower, controlUpper]: readonly [Edge, Edge],
  sign: 1 | -1,
  options: QuantileOptions,
): number {
  const base = ordered(control, sign > 0 ? controlUpper : controlLower);
  const own = ordered(treatment, sign > 0 ? lowerEdge : upperEdge);
  const excess = sign * (leastOf(own, options) - leastOf(base, options));
  return excess <= 0 ? 1 : quantileAbPValue(base, own, options);
}

/** Each pair of edges is [lower, upper]. The difference is largest from a lower edge to an upper one. */
function endsOf(
  [control, treatment]: readonly [BinnedSample, BinnedSample],
  [controlLower, controlUpper]: readonly [Edge, Edge],
  [treatmentLower, treatmentUpper]: readonly [Edge, Edge],
  options: QuantileOptions,
): Ends {
  const { upper } = quantileAbTest(ordered(control, controlLower), ordered(treatment, treatmentUpper), options);
  const { lower } = quantileAbTest(ordered(control, controlUpper), ordered(treatment, treatmentLower), options);
  return { lower, upper };
}

/** Bin b > 0 begins at the exponent b - 1 of the ratio and ends at b. */
function relativeEnds(control: BinnedSample, treatment: BinnedSample, options: QuantileOptions): Ends | null {
  const edges: readonly [Edge, Edge] = [(bin) => bin - 1, (bin) => bin];
  const [c, t] = [control, treatment].map((sample) => new QuantileEvidence(ordered(sample, edges[1]), options)) as [
    QuantileEvidence,
    QuantileEvidence,
  ];
  const threshold = -Math.log(options.alpha);
  const lowest = Math.min(lowerEnd(c, threshold - t.at(t.leastAt)), lowerEnd(t, threshold - c.at(c.leastAt)));
  if (!(lowest > 0)) return null;
  const { lower, upper } = endsOf([control, treatment], edges, edges, options);
  return { lower: binRatio ** lower - 1, upper: binRatio ** upper - 1 };
}

function ordered(sample: BinnedSample, edge: Edge): OrderedSample {
  if (unitsOf(sample) === 0) throw new RangeError('A sample needs at least one unit.');
  return orderedCounts(sample.bins.map((bin, index) => ({ value: edge(bin), units: sample.units[index] as number })));
}

/** The value that nothing speaks against. */
function leastOf(sample: OrderedSample, options: QuantileOptions): number {
  return sample.values[new QuantileEvidence(sample, options).leastAt] as number;
}

function lowerEdge(bin: number): number {
  return binEdges(bin).lower;
}

function upperEdge(bin: number): number {
  return binEdges(bin).upper;
}
