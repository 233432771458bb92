import { LoopTurn } from './loop-turn';

export interface FairTurnsOptions {
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  /** How long works may go on beginning in one turn; the last of them may end later. */
  readonly budgetMs: number;
}

/**
 * Lets works begin in the order in which they come, and keeps the turns of the event loop short: when those of a turn have used its time,
 * the next ones begin in the turns after it, between which the loop sees to whatever else is due, such as a health check or an answer.
 */
export class FairTurns {
  readonly #options: FairTurnsOptions;
  readonly #turn: LoopTurn;
  readonly #waiting: (() => void)[] = [];
  #isLettingIn = false;
  /** Until then works begin in the present turn. */
  #untilMs = 0;

  constructor(options: FairTurnsOptions) {
    this.#options = options;
    this.#turn = new LoopTurn(options.elapsedMs);
  }

  /** When what is handled in the present turn had arrived; see {@link LoopTurn}. */
  get beganAtMs(): number {
    return this.#turn.beganAtMs;
  }

  /** Null: the work may begin at once; else it has to wait for the promise. */
  enter(): Promise<void> | null {
    const { elapsedMs, budgetMs } = this.#options;
    if (!this.#isLettingIn && elapsedMs() - this.#turn.beganAtMs < budgetMs) return null;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#isLettingIn) return;
      this.#isLettingIn = true;
      setImmediate(this.#letInAnew);
    });
  }

  /** One begins in each turn, however long what else the loop had to see to. */
  readonly #letInAnew = (): void => {
    const { elapsedMs, budgetMs } = this.#options;
    this.#untilMs = elapsedMs() + budgetMs;
    this.#letIn();
  };

  readonly #letIn = (): void => {
    const begin = this.#waiting.shift();
    if (begin) begin();
    this.#isLettingIn = this.#waiting.length > 0;
    // A tick asked for by a microtask comes when all microtasks are through: by then the work has done what it does without waiting.
    if (this.#isLettingIn) queueMicrotask(() => process.nextTick(this.#letInMore));
  };

  readonly #letInMore = (): void => {
    if (this.#options.elapsedMs() < this.#untilMs) this.#letIn();
    else setImmediate(this.#letInAnew);
  };
}
