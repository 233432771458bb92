import type { ThreadPlan, ThreadProfile } from '../model-registry/model-version';
import { jobOf } from './feeds';
import type { FeedPlan } from './model-plan';
import { betterProfile, compareProfiles, type Paces } from './thread-contest';
import { blankJob, blankRow, runTrial, type Trial } from './trial-run';
import type { WorkerPool } from './worker-pool';
import type { WorkerResult } from './worker-protocol';

export type CrewPool = Pick<WorkerPool, 'start' | 'run' | 'stop'>;

/** The threads of a version, and how they share its work. */
export interface Crew {
  readonly pool: CrewPool;
  readonly trial: Trial;
  readonly threads: ThreadPlan;
}

/** How many threads a pool has, and how many each of them keeps busy in the runtime. */
export type PoolForm = Pick<ThreadPlan, 'workers' | 'threadsPerWorker'>;

/** A profile and who asked for it; null: whichever does better. */
export type ProfileWish = Pick<ThreadPlan, 'profile' | 'reason'> | null;

export interface CrewOptions {
  /** That the version may keep busy. */
  readonly threads: number;
  readonly wish: ProfileWish;
  readonly maxBatchSize: number;
  readonly open: (form: PoolForm) => CrewPool;
  readonly elapsedMs: () => number;
  /** Of all cores together, since the machine started. */
  readonly idleMs: () => number;
}

/** Below this a row spends about as much on its way as in the graph: nothing to win, and the sample models load as fast as ever. */
const worthComparingMs = 1;
/** Of single rows, before: the clock of idle cores moves in steps of ten milliseconds. */
const [leastTries, lookMs] = [3, 150];
/** Of the cores that all threads need together: with less, a comparison tells how busy the machine was, and not how the version would do. */
const freeShare = 0.75;
/** Rows of a full batch in the comparison: of a slow model no more than take this long. */
const [fullBatch, fullBatchMs] = [8, 250];

/**
 * Starts the threads of a version and tries its graph with them.
 * @throws RuntimeRefusal, DeviceMissingError, WorkerLostError; AppError INVALID_INPUT
 */
export async function startCrew(feed: FeedPlan, options: CrewOptions): Promise<Crew> {
  const { threads, wish, open } = options;
  const first = wish?.profile ?? 'throughput';
  const pool = open(formOf(first, threads));
  try {
    await pool.start();
    const trial = await runTrial(feed, pool);
    const plan = (reason: string) => ({ profile: first, reason, ...formOf(first, threads) });
    if (wish) return { pool, trial, threads: plan(wish.reason) };
    if (threads === 1) return { pool, trial, threads: plan('it has one thread') };
    if (trial.outputs === null) return { pool, trial, threads: plan('it could not be tried before its first request') };
    return await compare(feed, pool, trial, options);
  } catch (error) {
    await pool.stop();
    throw error;
  }
}

async function compare(feed: FeedPlan, pool: CrewPool, trial: Trial, options: CrewOptions): Promise<Crew> {
  const { threads, elapsedMs } = options;
  const staying = (reason: string): Crew => ({
    pool,
    trial,
    threads: { profile: 'throughput', reason, ...formOf('throughput', threads) },
  });
  const { graphMs, freeCores } = await lookAt(pool, feed, trial, options);
  if (graphMs < worthComparingMs) return staying(`a row takes less than ${worthComparingMs} ms, too little to share among threads`);
  if (freeCores < freeShare * (threads - 1)) return staying('the cores were too busy to compare');
  const other = options.open(formOf('latency', threads));
  try {
    await other.start();
    const batchRows = rowsOfFullBatch(feed, trial, options.maxBatchSize, graphMs);
    const paces = await compareProfiles(rowsOn(pool, feed, trial), rowsOn(other, feed, trial), { threads, batchRows, elapsedMs });
    const reason = inWords(paces);
    if (betterProfile(paces) === 'latency') {
      await pool.stop();
      return { pool: other, trial, threads: { profile: 'latency', reason, ...formOf('latency', threads) } };
    }
    await other.stop();
    return staying(reason);
  } catch (error) {
    // What serves without a comparison shall not fail for it: there may be no memory for another session.
    await other.stop();
    return staying(`no comparison: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function formOf(profile: ThreadProfile, threads: number): PoolForm {
  return profile === 'throughput' ? { workers: threads, threadsPerWorker: 1 } : { workers: 1, threadsPerWorker: threads };
}

function rowsOn(pool: CrewPool, feed: FeedPlan, { filling }: Trial): (rows: number) => Promise<WorkerResult> {
  const { input } = feed;
  if (input.kind === 'raw') return () => pool.run(blankJob(feed, [filling]));
  return (rows) => pool.run(jobOf(input, Array(rows).fill(blankRow(input, filling))));
}

function rowsOfFullBatch({ input, fixedBatchSize }: FeedPlan, trial: Trial, maxBatchSize: number, oneRowMs: number): number {
  if (input.kind === 'raw' || !trial.keepsRowsApart) return 1;
  return fixedBatchSize ?? Math.max(1, Math.min(fullBatch, maxBatchSize, Math.floor(fullBatchMs / oneRowMs)));
}

interface Look {
  /** What one row spends in the graph, at best: all that more threads could make shorter. */
  readonly graphMs: number;
  /** Cores that nobody used meanwhile. */
  readonly freeCores: number;
}

/** Single rows for a moment. */
async function lookAt(pool: CrewPool, feed: FeedPlan, trial: Trial, { elapsedMs, idleMs }: CrewOptions): Promise<Look> {
  const [startedAtMs, idleAtMs] = [elapsedMs(), idleMs()];
  let graphMs = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < leastTries || (graphMs >= worthComparingMs && elapsedMs() - startedAtMs < lookMs); tries++)
    graphMs = Math.min(graphMs, (await rowsOn(pool, feed, trial)(1)).inferenceMs);
  return { graphMs, freeCores: (idleMs() - idleAtMs) / (elapsedMs() - startedAtMs) };
}

function inWords({ throughput, latency }: Paces): string {
  const pace = ({ oneRowMs, rowsPerSecond }: Paces[ThreadProfile]) =>
    `one row in ${oneRowMs.toFixed(1)} ms and ${Number(rowsPerSecond.toPrecision(3))} rows/s`;
  return `measured: throughput ${pace(throughput)}, latency ${pace(latency)}`;
}
