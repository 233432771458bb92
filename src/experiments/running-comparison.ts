import type { Comparison } from './compare-arms';
import { foldLift, type LiftEvidence, numberAfter } from './lift-evidence';
import type { Contradiction, Interval } from './metric-result';

export interface PresentLook {
  readonly now: Date;
  readonly unitsInSmallestArm: number;
}

/** What the present look says together with all that are stored. */
export interface RunningComparison {
  readonly comparison: Comparison | null;
  readonly contradictions: readonly Contradiction[];
}

/**
 * The stored looks and the present one taken together: the intersection of the intervals, the least p. The estimate stays that of now and may lie outside
 * of the interval. Where looks exclude each other nothing is left to be shown but the present look, and with it the contradiction.
 *
 * @param evidence null: each look stands by itself.
 */
export function runningComparison(
  present: Comparison | null,
  evidence: LiftEvidence | null,
  { now, unitsInSmallestArm }: PresentLook,
): RunningComparison {
  if (evidence === null) return { comparison: present, contradictions: [] };
  const { absolute, relative } = foldLift(evidence, {
    number: numberAfter(evidence),
    atMs: now.getTime(),
    unitsInSmallestArm,
    absoluteLift: present?.absoluteLift ?? null,
    relativeLift: present?.relativeLift ?? null,
    pValue: present?.pValue ?? null,
  });
  const contradictions = [absolute, relative].flatMap(({ contradiction }): Contradiction[] => {
    if (contradiction === null) return [];
    const { scale, atMs, earlier, later } = contradiction;
    return [{ scale, at: new Date(atMs), earlier, later }];
  });
  if (present === null || absolute.running.state === 'waiting') return { comparison: present, contradictions };
  const absoluteLift = absolute.running.state === 'running' ? within(present.absoluteLift, absolute.running) : present.absoluteLift;
  const relativeLift = present.relativeLift && relative.running.state === 'running' ? within(present.relativeLift, relative.running) : null;
  return { comparison: { ...present, absoluteLift, relativeLift, pValue: absolute.running.pValue }, contradictions };
}

function within(interval: Interval, { lower, upper }: { readonly lower: number | null; readonly upper: number | null }): Interval {
  return { ...interval, lower: lower ?? interval.lower, upper: upper ?? interval.upper };
}
