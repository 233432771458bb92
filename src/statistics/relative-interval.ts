import { monotoneRoot } from './monotone-root';

export interface RelativeInterval {
  /** A share of the control's mean: 0.05 is 5% more. */
  readonly estimate: number;
  /** -Infinity or Infinity while the control's mean cannot be told from 0, so that any share is possible. */
  readonly lower: number;
  readonly upper: number;
}

/** The means whose difference is looked at, and how certain it is. */
export interface RelativeQuestion {
  /** Not 0. */
  readonly controlMean: number;
  readonly treatmentMean: number;
  /** The interval of treatment - factor * control. */
  readonly intervalAt: (factor: number) => { readonly lower: number; readonly upper: number };
}

/** Shares beyond it are called unbounded. */
const largestShare = 1e6;

/**
 * An interval for (treatment - control) / |control| by Fieller's argument: it holds every share r with which treatment - control - r |control| cannot be
 * told from 0. At r = 0 that is the difference itself, so it excludes 0 exactly when that one's interval does. It promises what the intervals promise,
 * whatever they come from, and takes no mean as known. The ends are found to 1e-9 of them. Source: Fieller (1954).
 *
 * @example relativeInterval({ controlMean: 0.5, treatmentMean: 0.6, intervalAt: (k) => ({ lower: 0.59 - k * 0.51, upper: 0.61 - k * 0.49 }) });
 */
export function relativeInterval({ controlMean, treatmentMean, intervalAt }: RelativeQuestion): RelativeInterval {
  const sign = Math.sign(controlMean);
  const at = (share: number) => intervalAt(1 + sign * share);
  const estimate = (treatmentMean - controlMean) / Math.abs(controlMean);
  return {
    estimate,
    lower: 0 - furthest(-estimate, [0, sign], (mirrored) => at(-mirrored).lower),
    upper: furthest(estimate, [0, -sign], (share) => -at(share).upper),
  };
}

/**
 * The first share above the estimate that is excluded, which is where `excess` comes above 0; searched for in doubling steps. Where the
 * control can hardly be told from 0 the excluded shares are a bounded stretch that a step could jump over; it holds one of the stops: no
 * difference, or the share at which the control no longer matters.
 */
function furthest(estimate: number, stops: readonly number[], excess: (share: number) => number): number {
  // All shares from the estimate to 0 belong to the interval when 0 does.
  const start = estimate < 0 && excess(0) <= 0 ? 0 : estimate;
  let inside = start;
  for (let step = 1 / 16; inside < largestShare; step *= 2) {
    const reached = start + step;
    for (const next of [...stops.filter((stop) => stop > inside && stop < reached), reached].sort((one, other) => one - other)) {
      if (excess(next) > 0) return monotoneRoot(excess, inside, next, 1e-9);
      inside = next;
    }
  }
  return Number.POSITIVE_INFINITY;
}
