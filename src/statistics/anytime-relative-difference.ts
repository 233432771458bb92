import { type AnytimeOptions, anytimeDifference, type ShapedArm } from './anytime-difference';
import { baseOf, bestKnownShare, controlPlus } from './control-contrast';
import { monotoneRoot } from './monotone-root';

export interface RelativeLook {
  /** (treatment - control) / |control|, a share: 0.05 is 5% more. */
  readonly estimate: number;
  /** -Infinity or Infinity while the control's mean cannot be told from 0, so that any share is possible. */
  readonly lower: number;
  readonly upper: number;
}

/** Shares beyond it are called unbounded. */
const largestShare = 1e6;

/**
 * One look of the ANYTIME procedure for the relative difference, by Fieller's argument: it holds every share r with which
 * treatment - control - r |control| cannot be told from 0 by `anytimeDifference`. At r = 0 that is the absolute difference, so it excludes 0 exactly when
 * that one does, and p is the same.
 *
 * Why not the delta method: it takes the control's mean as well known. With 2% in both arms, 200 looks from 30 units an arm on, its interval
 * (`relativeLift` with the asymptotic sequence) excluded the truth in 10% of A/A runs at alpha = 0.05, and in 20% with a tenth of the units in
 * the control; this one in 1.5% and 0.1%.
 *
 * An adjusted control (`shapedCuped`) is adjusted where it is a difference and not where it is the base, |control|: see `controlPlus`.
 *
 * The ends are found to 1e-9 of them.
 *
 * @returns null when the control's mean is 0: there is nothing to be relative to.
 * @throws RangeError as `anytimeDifference`.
 * @example anytimeRelativeDifference({ mean: 0.1, standardError: 0.002, units: 900 }, { mean: 0.12, standardError: 0.002, units: 900 }, { alpha: 0.05 });
 */
export function anytimeRelativeDifference(control: ShapedArm, treatment: ShapedArm, options: AnytimeOptions): RelativeLook | null {
  const base = baseOf(control);
  if (base === 0) return null;
  const sign = Math.sign(base);
  const stop = sign * bestKnownShare(control);
  const intervalAt = (share: number) => anytimeDifference(controlPlus(control, sign * share), treatment, options);
  const estimate = (treatment.mean - control.mean) / Math.abs(base);
  return {
    estimate,
    lower: 0 - furthest(-estimate, [0, -stop], (mirrored) => intervalAt(-mirrored).lower),
    upper: furthest(estimate, [0, stop], (share) => -intervalAt(share).upper),
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
