import { monotoneRoot } from './monotone-root';

export interface RelativeInterval {
  /** A share of the control's mean: 0.05 is 5% more. */
  readonly estimate: number;
  /** -Infinity or Infinity while the control's mean cannot be told from 0, so that any share is possible. */
  readonly lower: number;
  readonly upper: number;
}

/** A difference of means, what it is a share of, and how certain it is. */
export interface RelativeQuestion {
  /** The control's mean; not 0. */
  readonly base: number;
  /** treatment - control. */
  readonly difference: number;
  /** The share at which `intervalAt` is narrowest but for the treatment; -1, where nothing is left of the control, unless it was adjusted. */
  readonly bestKnownShare?: number;
  /** The interval of treatment - control - share * base. */
  readonly intervalAt: (share: number) => { readonly lower: number; readonly upper: number };
}

/** Shares beyond it are called unbounded. */
const largestShare = 1e6;

/**
 * An interval for (treatment - control) / |control| by Fieller's argument: it holds every share r with which treatment - control - r |control| cannot be
 * told from 0. At r = 0 that is the difference itself, so it excludes 0 exactly when that one's interval does. It promises what the intervals promise,
 * whatever they come from, and takes no mean as known. The ends are found to 1e-9 of them. Source: Fieller (1954).
 *
 * @example relativeInterval({ base: 0.5, difference: 0.1, intervalAt: (share) => ({ lower: 0.08 - 0.52 * share, upper: 0.12 - 0.48 * share }) });
 */
export function relativeInterval({ base, difference, bestKnownShare = -1, intervalAt }: RelativeQuestion): RelativeInterval {
  const sign = Math.sign(base);
  const stop = sign * bestKnownShare;
  const at = (share: number) => intervalAt(sign * share);
  const estimate = difference / Math.abs(base);
  return {
    estimate,
    lower: 0 - furthest(-estimate, [0, -stop], (mirrored) => at(-mirrored).lower),
    upper: furthest(estimate, [0, stop], (share) => -at(share).upper),
  };
}

/**
 * The first share above the estimate that is excluded, which is where `excess` comes above 0; searched for in doubling steps. Where the
 * control can hardly be told from 0 the excluded shares are a bounded stretch that a step could jump over; it holds one of the stops: no
 * difference, or the share at which the control no longer matters (of an adjusted one: matters least).
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
