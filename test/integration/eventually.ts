import { setTimeout as delay } from 'node:timers/promises';

const deadlineMs = 20_000;
const pollMs = 20;

/** The first result of `look` that is not null; fails when none comes. */
export async function eventually<T>(what: string, look: () => T | null | Promise<T | null>): Promise<T> {
  for (let waitedMs = 0; waitedMs < deadlineMs; waitedMs += pollMs) {
    const found = await look();
    if (found !== null) return found;
    await delay(pollMs);
  }
  throw new Error(`Not within ${deadlineMs / 1000} s: ${what}`);
}
