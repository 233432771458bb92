import { foldLook, leastUnitsInAnArm, noEvidence } from '../../src/statistics/running-look';
import { Draws } from './draws';
import type { Setting } from './setting';

export interface SimulationOptions {
  /** Of the setting among all, part of every run's key. */
  readonly settingIndex: number;
  readonly seed: number;
  readonly alpha: number;
  readonly isDifferent: boolean;
  /** Total units at each look, rising. */
  readonly unitsAtLooks: readonly number[];
}

/** What came of runs; sums, so that parts of the runs add up. */
export interface Tally {
  runs: number;
  /** Runs in which our p was ever at most alpha. */
  called: number;
  /** Runs in which the fixed-horizon p was at any look. */
  fixedCalled: number;
  /** Runs in which the fixed-horizon p was at the last look: the only one it is made for. */
  fixedCalledAtEnd: number;
  /** Runs in which some interval missed the truth, which is also when the intersection misses it. */
  missed: number;
  /** Runs whose intersection became empty. */
  empty: number;
  /** Of each run that was called, the units by then. */
  unitsToCall: number[];
}

export const noRuns = (): Tally => ({ runs: 0, called: 0, fixedCalled: 0, fixedCalledAtEnd: 0, missed: 0, empty: 0, unitsToCall: [] });

export function addTally(sum: Tally, part: Tally): void {
  for (const key of ['runs', 'called', 'fixedCalled', 'fixedCalledAtEnd', 'missed', 'empty'] as const) sum[key] += part[key];
  sum.unitsToCall.push(...part.unitsToCall);
}

/** One experiment from its first unit to its last look. */
export function simulateRun(setting: Setting, run: number, options: SimulationOptions, tally: Tally): void {
  const { alpha, isDifferent, unitsAtLooks } = options;
  const draws = new Draws(options.seed | 0, (options.settingIndex * 2 + Number(isDifferent)) | 0, run | 0);
  const trial = setting.start(draws, isDifferent);
  const looks: (() => { readonly lower: number; readonly upper: number })[] = [];
  let [units, called, missed] = [0, false, false];
  let [fixedCalled, fixedCalledAtEnd] = [false, false];
  for (const wanted of unitsAtLooks) {
    for (; units < wanted; units++) trial.next();
    if (trial.unitsInSmallestArm < leastUnitsInAnArm) continue;
    const look = trial.look(alpha);
    if (look === null) continue;
    looks.push(look.interval);
    missed ||= look.missesTruth();
    fixedCalledAtEnd = look.fixedPValue <= alpha;
    fixedCalled ||= fixedCalledAtEnd;
    if (!called && look.callsDifference()) {
      called = true;
      tally.unitsToCall.push(units);
    }
  }
  tally.runs += 1;
  tally.called += Number(called);
  tally.fixedCalled += Number(fixedCalled);
  tally.fixedCalledAtEnd += Number(fixedCalledAtEnd);
  tally.missed += Number(missed);
  // An intersection that holds the truth is not empty.
  tally.empty += Number(missed && isEmpty(looks));
}

function isEmpty(looks: readonly (() => { readonly lower: number; readonly upper: number })[]): boolean {
  let evidence = noEvidence;
  looks.forEach((interval, at) => {
    const { lower, upper } = interval();
    evidence = foldLook(evidence, { number: at + 1, lower, upper, pValue: 1, unitsInSmallestArm: leastUnitsInAnArm });
  });
  return evidence.state === 'contradicted';
}

/**
 * Total units at each look. The first has about 30 units in the smaller arm. Up to 50 looks come after equally many units each, as days do;
 * more of them are spaced so that each has the same share more than the one before, up to 20,000 units.
 */
export function unitsAtLooks(looks: number, treatmentShare: number): readonly number[] {
  const first = Math.ceil(32 / Math.min(treatmentShare, 1 - treatmentShare));
  if (looks <= 50) return Array.from({ length: looks }, (_, look) => first * (look + 1));
  const growth = Math.log(20_000 / first) / (looks - 1);
  return Array.from({ length: looks }, (_, look) => Math.round(first * Math.exp(growth * look)));
}
