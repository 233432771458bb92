import { lastLookDue } from '../statistics/look-schedule';

/** A stretch of an experiment's life with looks at equal distances. */
export interface LookStage {
  /** When it ends, counted from the start of the experiment. */
  readonly untilMs: number;
  readonly everyMs: number;
}

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000];

/** Much is learned early and little late: some 2,600 looks in a quarter of a year, where one each ten seconds would be 800,000. */
export const lookStages: readonly LookStage[] = Object.freeze([
  { untilMs: 10 * minuteMs, everyMs: 10 * secondMs },
  { untilMs: 3 * hourMs, everyMs: minuteMs },
  { untilMs: 2 * dayMs, everyMs: 15 * minuteMs },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: hourMs },
]);

/**
 * The number of the last look that is due; 0: none yet. It depends on the time since the start alone, and on nothing that the looks have shown or
 * that anybody did meanwhile.
 *
 * @example looksDue(0, 601_000); // 60: one each ten seconds for ten minutes, and the next one is due a minute later
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
