import type { StopStack } from '../../src/concurrency/stop-stack';

export interface Output {
  /** The result. */
  readonly print: (text: string) => void;
  /** How far it is. */
  readonly say: (text: string) => void;
}

/** A benchmark of `npm run bench`. */
export interface Bench {
  readonly name: string;
  readonly help: string;
  /**
   * @returns what runs it; what that starts stands on the stack, and is stopped by whoever owns that. Null: help was asked for.
   * @throws Error with a sentence for a mistake in the options.
   */
  prepare(args: readonly string[]): ((stack: StopStack, output: Output) => Promise<void>) | null;
}
