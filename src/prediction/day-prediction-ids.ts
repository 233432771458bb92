import { createEventId, eventIdFromKey } from '../events/event-id';
import type { PredictionIds } from './predictor';

const dayMs = 86_400_000;

/** Ids by the clock and the day, so that every replica gives the same key the same id. */
export class DayPredictionIds implements PredictionIds {
  readonly #now: () => Date;
  readonly #randomBytes: (count: number) => Uint8Array;

  constructor(now: () => Date, randomBytes: (count: number) => Uint8Array) {
    this.#now = now;
    this.#randomBytes = randomBytes;
  }

  create(): string {
    return createEventId(this.#now().getTime(), this.#randomBytes(10));
  }

  fromKey(key: string): readonly [today: string, yesterday: string] {
    const today = Math.floor(this.#now().getTime() / dayMs) * dayMs;
    const idOf = (dayStartMs: number) => eventIdFromKey({ scope: 'prediction', key, dayStartMs });
    return [idOf(today), idOf(today - dayMs)];
  }
}
