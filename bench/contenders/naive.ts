import { join } from 'node:path';
import { readNames } from '../../src/inference/output-plan';
import type { LoadRequest, LoadTarget } from '../load/load-job';
import type { BenchModel } from '../serving/bench-model';
import type { Workload } from '../serving/workload';
import type { Contender } from './contender';
import { graphqlRequests } from './graphql-requests';
import { get } from './http-request';
import type { NaiveModel } from './naive-server';
import { nodeServer, ServerProcess } from './server-process';

const script = join(__dirname, 'naive-server.js');
const readyLine = /^Naive server ready at port (\d+)/;

/** What a good engineer writes in an hour: see `naive-server.ts`. */
export class Naive implements Contender {
  readonly name = 'naive';
  readonly description = "Apollo Server 5 standalone, onnxruntime-node on the main thread, sharp's own resize; records nothing";
  readonly health = get('/?query=%7B__typename%7D', { 'apollo-require-preflight': 'true' });
  readonly #models: readonly BenchModel[];
  #server: ServerProcess | null = null;
  #port = 0;

  constructor(models: readonly BenchModel[]) {
    this.#models = models;
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }
  get target(): LoadTarget {
    return { host: '127.0.0.1', port: this.#port };
  }

  async start(): Promise<void> {
    const environment = {
      ...process.env,
      NODE_ENV: 'production',
      ORT_DISABLE_TELEMETRY: '1',
      NAIVE_MODELS: JSON.stringify(this.#models.map(naiveModel)),
    };
    this.#server = new ServerProcess(nodeServer(script, environment, readyLine));
    this.#port = await this.#server.ready();
  }

  requests(workload: Workload, deadlineMs: number | null): readonly LoadRequest[] {
    return graphqlRequests('/', workload, deadlineMs);
  }

  takeLoopDelayMs(): Promise<number | null> {
    return this.#server?.takeLoopDelayMs() ?? Promise.resolve(null);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}

/** What its author would have written into the code by hand. */
function naiveModel({ name, plan, plainPath }: BenchModel): NaiveModel {
  const { input, output, description } = plan;
  const normalize = description.preprocessing.find((step) => step.type === 'Normalize');
  return {
    name,
    path: plainPath,
    inputName: description.inputs[0]?.name ?? '',
    image:
      input.kind === 'image'
        ? {
            width: input.image.width,
            height: input.image.height,
            isGrey: input.image.channels === 1,
            mean: normalize?.type === 'Normalize' ? normalize.mean : [0, 0, 0],
            std: normalize?.type === 'Normalize' ? normalize.std : [1, 1, 1],
          }
        : null,
    features: description.features.map((feature) => feature.name),
    scoresName: readNames(output)[0] ?? '',
    isClassifier: output.task === 'classification',
    appliesSoftmax: output.task === 'classification' && output.appliesSoftmax,
    classLabels: description.classLabels,
  };
}
