import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { StopStack } from '../../src/concurrency/stop-stack';
import type { ErrorRatesOptions } from './options';
import { type Cell, reportLines } from './report';
import { settings } from './settings';
import { addTally, noRuns, type SimulationOptions, type Tally, unitsAtLooks } from './simulate';
import type { SimulationJob } from './simulation-worker';

const script = join(__dirname, 'simulation-worker.js');
const runsOfAJob = 100;

interface Output {
  /** The result. */
  readonly print: (text: string) => void;
  /** How far it is. */
  readonly say: (text: string) => void;
}

/** Simulates everything that was asked for, on all cores; its threads stand on `stack` and are stopped by whoever owns that. */
export async function runErrorRates(
  options: ErrorRatesOptions,
  stack: StopStack,
  signal: AbortSignal,
  { print, say }: Output,
): Promise<void> {
  const threads = Array.from({ length: options.threads ?? availableParallelism() }, () => new Worker(script));
  stack.add(async () => {
    await Promise.all(threads.map((thread) => thread.terminate()));
  });
  const cells: Cell[] = [];
  for (const settingIndex of options.only) {
    const setting = settings[settingIndex] as (typeof settings)[number];
    for (const looks of options.looks) {
      signal.throwIfAborted();
      const startedAtMs = performance.now();
      const unitsAt = unitsAtLooks(looks, setting.treatmentShare);
      const simulate = (isDifferent: boolean) =>
        simulateRuns(threads, options.runs, { settingIndex, isDifferent, seed: options.seed, alpha: options.alpha, unitsAtLooks: unitsAt });
      const same = await simulate(false);
      const different = await simulate(true);
      cells.push({ setting: setting.name, looks, lastUnits: unitsAt.at(-1) ?? 0, same, different });
      const [wrong, missed, missedToo] = [same.called, same.missed, different.missed].map(
        (count) => `${((100 * count) / options.runs).toFixed(2)}%`,
      );
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
      say(
        `${setting.name}, ${looks} looks: ${wrong} called in A/A; truth missed in ${missed} of A/A and ${missedToo} of A/B; ${seconds} s`,
      );
    }
  }
  print(reportLines(cells, options).join('\n'));
  if (options.jsonFile !== null) writeFileSync(options.jsonFile, `${JSON.stringify({ options, cells }, null, 2)}\n`);
}

/** Every thread takes the next part as soon as it is done with one. */
async function simulateRuns(threads: readonly Worker[], runs: number, options: SimulationOptions): Promise<Tally> {
  const total = noRuns();
  let nextRun = 0;
  const work = async (thread: Worker) => {
    while (nextRun < runs) {
      const fromRun = nextRun;
      nextRun = Math.min(runs, fromRun + runsOfAJob);
      const answered = once(thread, 'message');
      thread.postMessage({ ...options, fromRun, toRun: nextRun } satisfies SimulationJob);
      const [part] = (await answered) as [Tally];
      addTally(total, part);
    }
  };
  await Promise.all(threads.map(work));
  return total;
}
