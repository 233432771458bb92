import type { ThreadProfile } from '../model-registry/model-version';

/** Runs so many blank rows as one batch. */
export type RunRows = (rows: number) => Promise<unknown>;

/** What a profile can do: the best of all rounds, since whatever else works on the machine can only slow it down. */
export interface Pace {
  readonly oneRowMs: number;
  readonly rowsPerSecond: number;
}

export type Paces = Readonly<Record<ThreadProfile, Pace>>;

export interface ContestOptions {
  /** That the version may keep busy. */
  readonly threads: number;
  readonly batchRows: number;
  readonly elapsedMs: () => number;
}

const [leastRounds, mostRounds] = [3, 20];
/** When no further round begins. */
const budgetMs = 400;

/** A row must come back in this share of the time, or the threads are not worth keeping together. */
const worthwhileLatency = 0.8;
/** What may be lost of the rows a second for it. */
const bearableThroughput = 0.95;

/** Lets both profiles do the same work in turn: one row alone, and full batches on all threads. */
export async function compareProfiles(throughput: RunRows, latency: RunRows, options: ContestOptions): Promise<Paces> {
  const { threads, batchRows, elapsedMs } = options;
  const oneRowMs = { throughput: Number.POSITIVE_INFINITY, latency: Number.POSITIVE_INFINITY };
  const batchMs = { ...oneRowMs };
  const time = async (best: Record<ThreadProfile, number>, profile: ThreadProfile, run: () => Promise<unknown>) => {
    const startedAtMs = elapsedMs();
    await run();
    best[profile] = Math.min(best[profile], elapsedMs() - startedAtMs);
  };
  const startedAtMs = elapsedMs();
  for (let round = 0; round < mostRounds && (round < leastRounds || elapsedMs() - startedAtMs < budgetMs); round++) {
    await time(oneRowMs, 'throughput', () => throughput(1));
    await time(oneRowMs, 'latency', () => latency(1));
    await time(batchMs, 'throughput', () => Promise.all(Array.from({ length: threads }, () => throughput(batchRows))));
    await time(batchMs, 'latency', () => latency(batchRows));
  }
  const rate = (rows: number, ms: number) => (rows / ms) * 1000;
  return {
    throughput: { oneRowMs: oneRowMs.throughput, rowsPerSecond: rate(threads * batchRows, batchMs.throughput) },
    latency: { oneRowMs: oneRowMs.latency, rowsPerSecond: rate(batchRows, batchMs.latency) },
  };
}

/** Latency only where a row gains clearly and the rows a second lose next to nothing; throughput in every doubt. */
export function betterProfile({ throughput, latency }: Paces): ThreadProfile {
  const isFaster = latency.oneRowMs <= worthwhileLatency * throughput.oneRowMs;
  const keepsUp = latency.rowsPerSecond >= bearableThroughput * throughput.rowsPerSecond;
  return isFaster && keepsUp ? 'latency' : 'throughput';
}
