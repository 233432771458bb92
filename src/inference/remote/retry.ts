import { setTimeout as delay } from 'node:timers/promises';

export interface RetryOptions {
  readonly maxTries: number;
  /** Before the second try at most this long, before each further one at most twice as long as before the last. */
  readonly firstPauseMs: number;
  /** On the clock of `elapsedMs`: no pause goes beyond it. */
  readonly deadlineAtMs: number;
  readonly elapsedMs: () => number;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** A result or an error after which another try may help. `afterMs`: the other side asked for so much time. */
export interface Again {
  readonly afterMs: number;
}

/**
 * Tries until `again` says null of an outcome, the tries are used up, or a pause would outlast the deadline; then the last outcome stands.
 * Pauses are drawn between 0 and their limit, so that those who failed together do not come back together.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  again: (outcome: PromiseSettledResult<T>) => Again | null,
  options: RetryOptions,
): Promise<T> {
  const { maxTries, firstPauseMs, deadlineAtMs, elapsedMs, random, signal } = options;
  for (let tries = 1; ; tries++) {
    const [outcome] = await Promise.allSettled([attempt()]);
    const wish = again(outcome);
    const pauseMs = Math.max(wish?.afterMs ?? 0, random() * firstPauseMs * 2 ** (tries - 1));
    if (wish === null || tries >= maxTries || elapsedMs() + pauseMs >= deadlineAtMs) {
      if (outcome.status === 'fulfilled') return outcome.value;
      throw outcome.reason;
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
  }
}
