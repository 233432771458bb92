import { lastLookDue } from '../statistics/look-schedule';

/** A stretch of an experiment's life with looks at equal distances. */
export interface LookStage {
  /** When it ends, counted from the start of the experiment. */
  readonly untilMs: number;
  readonly everyMs: number;
}

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000];

/** Much is learned early and little late: some 2,600 looks in a quarter of a year, where one each two seconds would be 4,000,000. */
export const lookStages: readonly LookStage[] = Object.freeze([
  { untilMs: minuteMs, everyMs: 2 * secondMs },
  { untilMs: 10 * minuteMs, everyMs: 10 * secondMs },
  { untilMs: 3 * hourMs, everyMs: minuteMs },
  { untilMs: 2 * dayMs, everyMs: 15 * minuteMs },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: hourMs },
]);

/**
 * The number of the last look that is due; 0: none yet. It depends on the time since the start alone, and on nothing that the looks have shown or
 * that anybody did meanwhile.
 *
 * @example looksDue(0, 75_000); // 31: one each two seconds for a minute, then one each ten seconds
 */
export function looksDue(startedAtMs: number, nowMs: number, stages: readonly LookStage[] = lookStages): number {
  let [number, beginMs] = [0, 0];
  for (const { untilMs, everyMs } of stages) {
    number += lastLookDue({ startedAtMs: startedAtMs + beginMs, everyMs }, Math.min(nowMs, startedAtMs + untilMs));
    beginMs = untilMs;
    if (nowMs < startedAtMs + beginMs) break;
  }
  return number;
}
