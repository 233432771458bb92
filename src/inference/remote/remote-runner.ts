import { AppError } from '../../errors';
import type { InferenceRequest } from '../../model-registry/inference-engine';
import type { RequestedOutput } from '../../open-inference/infer-request';
import type { Tensor } from '../../open-inference/tensor';
import { tabularTensors } from '../feeds';
import type { ModelPlan, TabularInput } from '../model-plan';
import { readAnswers } from '../read-answer';
import type { PreparedRow, RowOutput, TensorOutput, VersionRunner } from '../version-runner';
import { Departures } from './departures';
import type { CallLimits, OpenInferenceClient } from './open-inference-client';

export interface RemoteRunnerOptions {
  readonly client: Pick<OpenInferenceClient, 'infer'>;
  readonly plan: ModelPlan;
  readonly inputs: readonly TabularInput[];
  /** The server takes and gives tensors as binary data. */
  readonly isBinary: boolean;
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
      // Which of several rows the server refused it does not say; for all else they share the fate, and asking again for each would only add to it.
      if (rows.length > 1 && error instanceof AppError && error.code === 'INVALID_INPUT') throw error;
      return rows.map(() => error as Error);
    } finally {
      departures.end();
    }
  }

  async runTensors(_rows: number, inputs: readonly Tensor[], { signal, deadlineAtMs }: InferenceRequest): Promise<TensorOutput> {
    const departures = new Departures([signal]);
    try {
      return await this.#infer(inputs, null, { signal: departures.signal, deadlineAtMs: deadlineAtMs ?? null });
    } finally {
      departures.end();
    }
  }

  async #ask(rows: readonly PreparedRow[], limits: CallLimits): Promise<readonly (RowOutput | Error)[]> {
    const { plan, inputs } = this.#options;
    const tabular = rows.flatMap((row) => (row.kind === 'tabular' ? [row.row] : []));
    // A model with a fixed batch size gets its rows filled up by repeating the last one.
    const sent = Array.from(
      { length: plan.fixedBatchSize ?? rows.length },
      (_, at) => tabular[Math.min(at, tabular.length - 1)]?.cells ?? [],
    );
    const { outputs, preprocessMs, inferenceMs } = await this.#infer(tabularTensors(inputs, sent), outputsOf(plan), limits);
    const answers = readAnswers(plan.output, outputs, sent.length);
    return tabular.map(({ inputFeatures }, at) => {
      const answer = answers[at];
      if (answer === undefined || answer instanceof Error)
        return new AppError('INTERNAL_SERVER_ERROR', `The remote model gave no usable answer: ${answer?.message ?? 'none'}.`);
      return { answer, inputFeatures, preprocessMs, inferenceMs };
    });
  }

  async #infer(inputs: readonly Tensor[], outputs: readonly RequestedOutput[] | null, limits: CallLimits): Promise<TensorOutput> {
    const { client, isBinary, elapsedMs } = this.#options;
    const startedAtMs = elapsedMs();
    const parameters = isBinary ? { binary_data_output: true } : {};
    const response = await client.infer({ id: null, parameters, inputs, outputs }, isBinary, limits);
    return { outputs: response.outputs, preprocessMs: 0, inferenceMs: elapsedMs() - startedAtMs };
  }
}

/** The last deadline of all rows; null: one of them has time. */
function latest(requests: readonly InferenceRequest[]): number | null {
  const latestMs = Math.max(...requests.map(({ deadlineAtMs }) => deadlineAtMs ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(latestMs) ? latestMs : null;
}

function outputsOf({ output }: ModelPlan): readonly RequestedOutput[] {
  const names = output.task === 'regression' ? [output.valueName] : [output.scoresName, output.decisionName];
  return names.flatMap((name) => (name === null ? [] : [{ name, parameters: {} }]));
}
