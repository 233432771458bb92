import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadJob, LoadReport } from './load-job';
import type { LoadAnswer } from './load-process';

/** The load generator, seen from the process that plans the runs. */
export class LoadGenerator {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** @param scriptPath the compiled process; default: beside this file. */
  constructor(scriptPath = join(__dirname, 'load-process.js')) {
    this.#child = fork(scriptPath, { serialization: 'advanced', detached: true });
    this.#ended = once(this.#child, 'exit');
  }

  /** @throws Error when the generator itself fails; what servers do wrong is in the report. */
  async run(job: LoadJob): Promise<LoadReport> {
    const answered = once(this.#child, 'message');
    this.#child.send(job);
    const first = await Promise.race([answered, this.#ended.then(() => null)]);
    if (first === null) throw new Error('The load generator ended.');
    const [answer] = first as [LoadAnswer];
    if ('error' in answer) throw new Error(answer.error);
    return answer.report;
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}
