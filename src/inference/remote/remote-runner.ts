import { AppError } from '../../errors';
import type { InferenceRequest } from '../../model-registry/inference-engine';
import { encodeInferRequest } from '../../open-inference/infer-request';
import type { Parameters } from '../../open-inference/message';
import type { Tensor } from '../../open-inference/tensor';
import type { ModelPlan } from '../model-plan';
import { readAnswers } from '../read-answer';
import { refusalsOf } from '../row-runner';
import { padRows, rowOutputs, trimRows } from '../tensor-rows';
import type { PreparedRow, RowOutput, TensorOutput, VersionRunner } from '../version-runner';
import { RuntimeRefusal, WorkerLostError } from '../worker-seat';
import { Departures } from './departures';
import type { CallLimits, OpenInferenceClient } from './open-inference-client';
import type { QuestionMaker } from './question';

export interface RemoteRunnerOptions {
  readonly client: Pick<OpenInferenceClient, 'infer'>;
  readonly plan: ModelPlan;
  readonly ask: QuestionMaker;
  /** The server takes and gives tensors as binary data. */
  readonly isBinary: boolean;
  /** The server wants to know how long its answer is waited for. */
  readonly takesTimeout: boolean;
  readonly timeoutMs: number;
  /** Sent with each request. */
  readonly parameters: Parameters;
  readonly elapsedMs: () => number;
}

/** Has a server elsewhere compute what worker threads compute for other versions. */
export class RemoteRunner implements VersionRunner {
  readonly #options: RemoteRunnerOptions;

  constructor(options: RemoteRunnerOptions) {
    this.#options = options;
  }

  async run(rows: readonly PreparedRow[]): Promise<readonly (RowOutput | Error)[]> {
    const requests = rows.map(({ request }) => request ?? {});
    const departures = new Departures(requests.map(({ signal }) => signal));
    try {
      return await this.#ask(rows, { signal: departures.signal, deadlineAtMs: latest(requests) });
    } catch (error) {
      // Which of several rows was refused is not known; for all else they share the fate, and asking again for each would only add to it.
      if (rows.length > 1 && isOfOneRow(error)) throw error;
      return rows.map(() => error as Error);
    } finally {
      departures.end();
    }
  }

  async runTensors(rows: number, inputs: readonly Tensor[], { signal, deadlineAtMs }: InferenceRequest): Promise<TensorOutput> {
    const { client, plan, isBinary, elapsedMs } = this.#options;
    const { fixedBatchSize } = plan;
    const departures = new Departures([signal]);
    const limits = { signal: departures.signal, deadlineAtMs: deadlineAtMs ?? null };
    try {
      const startedAtMs = elapsedMs();
      const padded = inputs.map((input) => padRows(input, rows, fixedBatchSize));
      const request = { id: null, parameters: this.#parameters(limits), inputs: padded, outputs: null };
      const { outputs } = await client.infer(encodeInferRequest(request, isBinary), limits);
      const inferenceMs = elapsedMs() - startedAtMs;
      return { outputs: outputs.map((output) => trimRows(output, rows, fixedBatchSize)), preprocessMs: 0, inferenceMs };
    } finally {
      departures.end();
    }
  }

  async #ask(rows: readonly PreparedRow[], limits: CallLimits): Promise<readonly (RowOutput | Error)[]> {
    const { client, plan, ask, elapsedMs } = this.#options;
    const { message, rowsSent, inputFeatures, refused, preprocessMs } = await ask(rows, this.#parameters(limits));
    const refusals = refusalsOf(refused);
    if (refusals.size === rows.length) return rows.map((_, at) => refusals.get(at) as AppError);
    const startedAtMs = elapsedMs();
    const { outputs } = await client.infer(message, limits);
    const computedAtMs = elapsedMs();
    const answers = readAnswers(plan.output, outputs, rowsSent);
    const timing = { preprocessMs, inferenceMs: computedAtMs - startedAtMs, postprocessMs: elapsedMs() - computedAtMs };
    return rows.map((_, at) => {
      const refusal = refusals.get(at);
      if (refusal) return refusal;
      const answer = answers[at];
      if (answer === undefined || answer instanceof Error)
        return new AppError('INTERNAL_SERVER_ERROR', `The remote model gave no usable answer: ${answer?.message ?? 'none'}.`);
      const own = rows[at]?.request?.wantsOutputs ? rowOutputs(outputs, rowsSent, at) : undefined;
      return { answer, inputFeatures: inputFeatures[at] ?? {}, ...timing, outputs: own };
    });
  }

  /** `timeout` is in microseconds, and 0 would mean that there is none. */
  #parameters({ deadlineAtMs }: CallLimits): Parameters {
    const { isBinary, takesTimeout, timeoutMs, parameters, elapsedMs } = this.#options;
    const leftMs = deadlineAtMs === null ? timeoutMs : Math.min(timeoutMs, deadlineAtMs - elapsedMs());
    return {
      ...parameters,
      ...(isBinary && { binary_data_output: true }),
      ...(takesTimeout && { timeout: Math.max(1, Math.ceil(leftMs * 1000)) }),
    };
  }
}

/** The server refused the input, or a thread failed on it. */
function isOfOneRow(error: unknown): boolean {
  return (
    error instanceof RuntimeRefusal || error instanceof WorkerLostError || (error instanceof AppError && error.code === 'INVALID_INPUT')
  );
}

/** The last deadline of all rows; null: one of them has time. */
function latest(requests: readonly InferenceRequest[]): number | null {
  const latestMs = Math.max(...requests.map(({ deadlineAtMs }) => deadlineAtMs ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(latestMs) ? latestMs : null;
}
