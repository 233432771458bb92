import { parentPort } from 'node:worker_threads';
import { settings } from './settings';
import { noRuns, type SimulationOptions, simulateRun } from './simulate';

/** Some runs of one setting. */
export interface SimulationJob extends SimulationOptions {
  readonly fromRun: number;
  readonly toRun: number;
}

/** One of the threads that simulate. */

const port = parentPort;
if (!port) throw new Error('simulation-worker runs as a worker thread only');

port.on('message', (job: SimulationJob) => {
  const setting = settings[job.settingIndex];
  if (!setting) throw new Error(`There is no setting ${job.settingIndex}.`);
  const tally = noRuns();
  for (let run = job.fromRun; run < job.toRun; run++) simulateRun(setting, run, job, tally);
  port.postMessage(tally);
});
