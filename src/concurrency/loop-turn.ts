/**
 * Tells since when the event loop has been busy with what it read last. Whatever it reads in one turn had arrived by the turn's beginning, but
 * the last of a hundred requests is only looked at when the others have been: for its sender the time has run all along.
 */
export class LoopTurn {
  readonly #elapsedMs: () => number;
  #beganAtMs: number | null = null;

  /** @param elapsedMs monotonic milliseconds */
  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** The time at which this was asked first in the present turn, on the clock of `elapsedMs`. */
  get beganAtMs(): number {
    if (this.#beganAtMs === null) {
      this.#beganAtMs = this.#elapsedMs();
      // Runs when all that was read has been handed out, before the loop looks for more.
      setImmediate(() => {
        this.#beganAtMs = null;
      });
    }
    return this.#beganAtMs;
  }
}
