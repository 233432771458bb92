/** Looks at fixed times, so that what is shown does not depend on who asked and when. */
export interface LookSchedule {
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly everyMs: number;
}

/**
 * The number of the last look that is due: 0 before the first, which is due `everyMs` after the start.
 *
 * @throws RangeError unless the times are finite and everyMs is above 0.
 * @example lastLookDue({ startedAtMs: 0, everyMs: 60_000 }, 150_000); // 2
 */
export function lastLookDue(schedule: LookSchedule, nowMs: number): number {
  requireSchedule(schedule);
  if (!Number.isFinite(nowMs)) throw new RangeError(`The time must be a finite number, not ${nowMs}.`);
  return Math.max(0, Math.floor((nowMs - schedule.startedAtMs) / schedule.everyMs));
}

/**
 * When a look is due, in milliseconds since the epoch.
 *
 * @throws RangeError as `lastLookDue`, and unless the number is whole and above 0.
 */
export function lookDueAtMs(schedule: LookSchedule, number: number): number {
  requireSchedule(schedule);
  if (!(Number.isInteger(number) && number > 0)) throw new RangeError(`A look's number must be whole and above 0, not ${number}.`);
  return schedule.startedAtMs + number * schedule.everyMs;
}

function requireSchedule({ startedAtMs, everyMs }: LookSchedule): void {
  if (!Number.isFinite(startedAtMs)) throw new RangeError(`The start must be a finite time, not ${startedAtMs}.`);
  if (!(everyMs > 0 && Number.isFinite(everyMs))) throw new RangeError(`The time between looks must be above 0, not ${everyMs}.`);
}
