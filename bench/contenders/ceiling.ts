import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BenchModel } from '../serving/bench-model';
import { treeCpu } from '../serving/tree-cpu';
import type { RightAnswer, Sample, Workload } from '../serving/workload';
import type { CeilingJob, CeilingResult } from './ceiling-protocol';
import type { CeilingInput } from './exact-model';

const script = join(__dirname, 'ceiling-process.js');

export interface CeilingRate {
  /** Images or rows. */
  readonly perSecond: number;
  /** CPU time of each; null where it cannot be read. */
  readonly cpuUs: number | null;
}

/**
 * What the machine could do if serving cost nothing: no HTTP, no GraphQL, no queue, no records; every core decodes, resizes exactly and
 * infers with one thread. It also tells the right answers that all contenders are held to.
 */
export class Ceiling {
  readonly threads = availableParallelism();
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor() {
    this.#child = fork(script, {
      serialization: 'advanced',
      detached: true,
      env: { ...process.env, NODE_ENV: 'production', ORT_DISABLE_TELEMETRY: '1' },
    });
    this.#ended = once(this.#child, 'exit');
  }

  async start(models: readonly BenchModel[]): Promise<void> {
    await this.#ask({ models: models.map(({ name, plan, plainPath }) => ({ name, plan, path: plainPath })), threads: this.threads });
  }

  /** Each input alone. */
  async answers(model: BenchModel, inputs: readonly CeilingInput[]): Promise<readonly RightAnswer[]> {
    const answers: RightAnswer[] = [];
    for (const input of inputs) {
      const result = await this.#ask({ kind: 'answer', model: model.name, inputs: [input] });
      if (result.kind === 'answers') answers.push(...result.answers);
    }
    return answers;
  }

  /** Over all cores; null when the workload predicts nothing. */
  async rate({ model, samples }: Workload, batchSize: number, durationMs: number): Promise<CeilingRate | null> {
    if (!model) return null;
    const before = treeCpu(this.#child.pid ?? 0);
    const inputs = samples.flatMap(inputsOf);
    const answers = samples.flatMap(answersOf);
    const result = await this.#ask({ kind: 'run', model: model.name, inputs, answers, batchSize, durationMs });
    if (result.kind !== 'rate') return null;
    const after = treeCpu(this.#child.pid ?? 0);
    const cpuUs = before && after ? (after.totalUs - before.totalUs) / result.rows : null;
    return { perSecond: result.perSecond, cpuUs };
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }

  async #ask(message: CeilingJob | object): Promise<CeilingResult> {
    const answered = once(this.#child, 'message');
    this.#child.send(message);
    const first = await Promise.race([answered, this.#ended.then(() => null)]);
    if (first === null) throw new Error('The ceiling process ended.');
    const [result] = first as [CeilingResult];
    if (result.kind === 'failed') throw new Error(`The ceiling cannot run: ${result.message}`);
    return result;
  }
}

export function inputsOf(sample: Sample): readonly CeilingInput[] {
  if (sample.kind === 'trivial') return [];
  return sample.kind === 'image' ? [{ image: sample.bytes }] : sample.rows.map((row) => ({ row }));
}

function answersOf(sample: Sample): readonly RightAnswer[] {
  if (sample.kind === 'trivial') return [];
  return sample.kind === 'image' ? [sample.answer] : sample.answers;
}
