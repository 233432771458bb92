import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { tuneDecoder } from '../../src/inference/decode-image';
import type { CeilingJob, CeilingModel, CeilingResult } from './ceiling-protocol';

/** The ceiling's process: as many threads as there are cores, each with its own sessions. */

const script = join(__dirname, 'ceiling-worker.js');

async function main(): Promise<void> {
  const [{ models, threads }] = (await once(process, 'message')) as [{ models: readonly CeilingModel[]; threads: number }];
  tuneDecoder();
  const workers = Array.from({ length: threads }, () => new Worker(script, { workerData: models }));
  await Promise.all(workers.map(next));
  process.on('message', (job: CeilingJob) => {
    answer(workers, job).then(tell, (error: unknown) => tell({ kind: 'failed', message: String(error) }));
  });
  tell({ kind: 'ready' });
}

async function next(worker: Worker): Promise<CeilingResult> {
  const [result] = (await once(worker, 'message')) as [CeilingResult];
  return result;
}

/** An answer is one thread's; a run is everybody's, and their rates add up. */
async function answer(workers: readonly Worker[], job: CeilingJob): Promise<CeilingResult> {
  const asked = job.kind === 'answer' ? workers.slice(0, 1) : workers;
  const answered = Promise.all(asked.map(next));
  for (const worker of asked) worker.postMessage(job);
  const results = await answered;
  const other = results.find((result) => result.kind !== 'rate');
  if (other) return other;
  const rates = results.filter((result) => result.kind === 'rate');
  const sum = (field: 'perSecond' | 'rows') => rates.reduce((total, rate) => total + rate[field], 0);
  return { kind: 'rate', perSecond: sum('perSecond'), rows: sum('rows') };
}

function tell(result: CeilingResult): void {
  process.send?.(result);
}

process.on('disconnect', () => process.exit());
main().catch((error: unknown) => tell({ kind: 'failed', message: String(error) }));
