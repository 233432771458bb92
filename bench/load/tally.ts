import { LatencyLog } from './latency-log';
import type { LoadReport } from './load-job';

/** Counts what came of the requests that were meant to leave within the window. Times are of one monotonic clock. */
export class Tally {
  readonly #fromMs: number;
  readonly #untilMs: number;
  readonly #deadlineMs: number;
  readonly #latencies = new LatencyLog();
  readonly #failures = new Map<string, number>();
  #completedInWindow = 0;
  #inTime = 0;
  #answersInWindow = 0;
  #answered = 0;
  #ok = 0;

  constructor(fromMs: number, untilMs: number, deadlineMs: number | null) {
    this.#fromMs = fromMs;
    this.#untilMs = untilMs;
    this.#deadlineMs = deadlineMs ?? Number.POSITIVE_INFINITY;
  }

  /** @param failure its name; null: a right answer. */
  add(intendedAtMs: number, finishedAtMs: number, failure: string | null): void {
    // Those of the warm-up that end within the window belong to its throughput, as those that it leaves behind do not.
    const endsInWindow = finishedAtMs >= this.#fromMs && finishedAtMs < this.#untilMs;
    const isInTime = finishedAtMs - intendedAtMs <= this.#deadlineMs;
    this.#answered++;
    if (endsInWindow) this.#answersInWindow++;
    if (endsInWindow && failure === null) {
      this.#completedInWindow++;
      if (isInTime) this.#inTime++;
    }
    if (intendedAtMs < this.#fromMs) return;
    if (failure !== null) this.fail(failure, 1);
    else {
      this.#ok++;
      this.#latencies.add(finishedAtMs - intendedAtMs);
    }
  }

  fail(name: string, count: number): void {
    if (count > 0) this.#failures.set(name, (this.#failures.get(name) ?? 0) + count);
  }

  report(generatorCpuUs: number): LoadReport {
    const seconds = (this.#untilMs - this.#fromMs) / 1000;
    return {
      okPerSecond: this.#completedInWindow / seconds,
      inTimePerSecond: this.#inTime / seconds,
      ok: this.#ok,
      answered: this.#answered,
      failures: Object.fromEntries(this.#failures),
      p50Ms: this.#latencies.quantileMs(0.5),
      p95Ms: this.#latencies.quantileMs(0.95),
      p99Ms: this.#latencies.quantileMs(0.99),
      generatorCpuUs: this.#answersInWindow === 0 ? 0 : generatorCpuUs / this.#answersInWindow,
    };
  }
}
