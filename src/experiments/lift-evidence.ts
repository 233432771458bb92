import { foldLook, noEvidence, type RunningEvidence } from '../statistics/running-look';

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

/** An end that is missing is null. */
export interface OpenRange {
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Two looks that cannot both be right. */
export interface Clash {
  /** Of which lift: in the metric's own unit, or as a share of the control's mean. */
  readonly scale: 'ABSOLUTE' | 'RELATIVE';
  /** What all looks before it had left. */
  readonly earlier: OpenRange;
  /** What that look left. */
  readonly later: OpenRange;
}

/** Plain data that survives JSON; `atMs`: when the later look was made, in milliseconds since the epoch. */
interface ScaleEvidence {
  readonly running: RunningEvidence;
  readonly contradiction: (Clash & { readonly atMs: number }) | null;
}

/** What all looks at one lift say together, on both of its scales. */
export interface LiftEvidence {
  readonly absolute: ScaleEvidence;
  readonly relative: ScaleEvidence;
}

/** One look at a lift; null: nothing can be said of that yet. */
export interface LiftLook {
  readonly number: number;
  readonly atMs: number;
  readonly unitsInSmallestArm: number;
  readonly absoluteLift: Range | null;
  readonly relativeLift: Range | null;
  readonly pValue: number | null;
}

const waiting: ScaleEvidence = Object.freeze({ running: noEvidence, contradiction: null });
export const noLiftEvidence: LiftEvidence = Object.freeze({ absolute: waiting, relative: waiting });

/**
 * Takes one look into the evidence of those before, by `foldLook` on both scales: the relative interval holds every share with which the shifted difference
 * cannot be told from 0 by the same sequence (Fieller), so it covers its truth at all looks together as well, and may be intersected.
 * A pure function of what is stored: the same looks in the same order give the same evidence to the last bit.
 */
export function foldLift(before: LiftEvidence, look: LiftLook): LiftEvidence {
  return {
    absolute: fold('ABSOLUTE', before.absolute, look, look.absoluteLift),
    relative: fold('RELATIVE', before.relative, look, look.relativeLift),
  };
}

/** The number of a look that comes after all that were counted. */
export function numberAfter({ absolute, relative }: LiftEvidence): number {
  return 1 + Math.max(...[absolute, relative].map(({ running }) => (running.state === 'waiting' ? 0 : running.lastLook)));
}

function fold(scale: Clash['scale'], before: ScaleEvidence, look: LiftLook, lift: Range | null): ScaleEvidence {
  const { number, pValue, unitsInSmallestArm, atMs } = look;
  if (lift === null || pValue === null) return before;
  const { lower, upper } = lift;
  const running = foldLook(before.running, { number, lower, upper, pValue, unitsInSmallestArm });
  if (before.running.state !== 'running' || running.state !== 'contradicted') return { ...before, running };
  const earlier = { lower: before.running.lower, upper: before.running.upper };
  return { running, contradiction: { scale, atMs, earlier, later: { lower: stored(lower), upper: stored(upper) } } };
}

/** JSON has neither infinities nor a negative zero. */
function stored(end: number): number | null {
  return Number.isFinite(end) ? end + 0 : null;
}
