import { isDeepStrictEqual } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { CeilingJob, CeilingModel, CeilingResult } from './ceiling-protocol';
import { ExactModel } from './exact-model';

type RunJob = Extract<CeilingJob, { kind: 'run' }>;

const warmUpMs = 300;

/** One of the ceiling's threads: decodes, resizes and infers in a loop. */

const port = parentPort;
if (!port) throw new Error('ceiling-worker runs as a worker thread only');

async function main(): Promise<void> {
  const models = new Map<string, ExactModel>();
  for (const { name, plan, path } of workerData as readonly CeilingModel[]) models.set(name, await ExactModel.load(plan, path));
  port?.on('message', (job: CeilingJob) => {
    const model = models.get(job.model);
    if (!model) return post({ kind: 'failed', message: `no model ${job.model}` });
    work(model, job).then(post, (error: unknown) => post({ kind: 'failed', message: String(error) }));
  });
  post({ kind: 'ready' });
}

function post(result: CeilingResult): void {
  port?.postMessage(result);
}

async function work(model: ExactModel, job: CeilingJob): Promise<CeilingResult> {
  if (job.kind === 'answer') return { kind: 'answers', answers: await model.predict(job.inputs) };
  const warmUp = await loop(model, job, warmUpMs);
  const { rows, tookMs } = await loop(model, job, job.durationMs);
  return { kind: 'rate', perSecond: (rows / tookMs) * 1000, rows: warmUp.rows + rows };
}

/** @throws Error when an answer depends on the batch that it is in. */
async function loop(model: ExactModel, { inputs, answers, batchSize }: RunJob, durationMs: number) {
  const startedAtMs = performance.now();
  let rows = 0;
  while (performance.now() - startedAtMs < durationMs) {
    const turns = Array.from({ length: batchSize }, (_, i) => (rows + i) % inputs.length);
    const given = await model.predict(turns.map((turn) => inputs[turn] as (typeof inputs)[number]));
    const wrong = turns.find((turn, i) => !isDeepStrictEqual(given[i], answers[turn]));
    if (wrong !== undefined) throw new Error(`input ${wrong} got another answer in a batch of ${batchSize} than alone`);
    rows += batchSize;
  }
  return { rows, tookMs: performance.now() - startedAtMs };
}

void main();
