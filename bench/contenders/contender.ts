import type { LoadRequest, LoadTarget } from '../load/load-job';
import type { Workload } from '../serving/workload';

/** A server under test, in a process of its own. */
export interface Contender {
  readonly name: string;
  /** What it is, in a sentence. */
  readonly description: string;
  /** Its process, once it has started; its children count as it. */
  readonly pid: number;
  readonly target: LoadTarget;
  /** What is asked twenty times a second to see whether its main loop turns; null: it has no such address. */
  readonly health: Uint8Array | null;
  /**
   * Resolves when it answers.
   * @param signal aborted: nothing must be started any more.
   * @throws Error with a sentence when it cannot be run here.
   */
  start(signal: AbortSignal): Promise<void>;
  /** One for each sample; null when it has no such operation. */
  requests(workload: Workload, deadlineMs: number | null): readonly LoadRequest[] | null;
  /** The p99 of the delay of its main loop since the last call; null when it cannot tell. */
  takeLoopDelayMs(): Promise<number | null>;
  stop(): Promise<void>;
}
