import type {
  BrokenModelFolder,
  InferenceEngine,
  InferenceResult,
  LoadedVersion,
  ModelInput,
  ModelRepository,
} from '../../src/model-registry/inference-engine';
import type { ModelDescription, ModelFolder } from '../../src/model-registry/model-version';
import type { Tensor } from '../../src/open-inference/tensor';

export function aModelFolder(model: string, version: string, more: Partial<ModelFolder> = {}): ModelFolder {
  return {
    model,
    version,
    directory: `/models/${model}/${version}`,
    sizeBytes: 1000,
    sha256: 'ab',
    wantsChampion: false,
    wantedLabels: [],
    ...more,
  };
}

export const aDescription: ModelDescription = {
  kind: 'tabular',
  task: 'classification',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 1] }],
  outputs: [{ name: 'p', datatype: 'FP32', shape: [-1, 2] }],
  classLabels: ['no', 'yes'],
  features: [{ name: 'x', datatype: 'FP32' }],
  preprocessing: [],
  layout: null,
  channelOrder: null,
  driftFeatures: ['x'],
  device: 'cpu',
  parameterCount: 2,
};

/** Answers class 1 with the confidence that the feature `x` says; `{ x: "boom" }` fails as the test decides. */
export class FakeInferenceEngine implements InferenceEngine {
  readonly unloaded: string[] = [];
  stopped = false;
  /** Failure of `infer` by version, and of `load` by version. */
  readonly inferFailures = new Map<string, Error>();
  readonly loadFailures = new Map<string, Error>();
  inferences = 0;

  async load(folder: ModelFolder): Promise<LoadedVersion> {
    const failure = this.loadFailures.get(folder.version);
    if (failure) throw failure;
    return {
      description: aDescription,
      queueDepth: 0,
      infer: (input) => this.#infer(folder.version, input),
      inferTensors: async ([input]) => {
        const failure = this.inferFailures.get(folder.version);
        if (failure) throw failure;
        const xs = [...((input as Tensor).data as Float32Array)];
        const p = { name: 'p', datatype: 'FP32' as const, shape: [xs.length, 2], data: Float32Array.from(xs.flatMap((x) => [1 - x, x])) };
        return { outputs: [p], rows: xs.length, timing: { queueMs: 1, preprocessMs: 2, inferenceMs: 3, batchSize: xs.length } };
      },
      unload: async () => {
        this.unloaded.push(`${folder.model}/${folder.version}`);
      },
    };
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }

  async #infer(version: string, input: ModelInput): Promise<InferenceResult> {
    this.inferences++;
    await Promise.resolve();
    const failure = this.inferFailures.get(version);
    if (failure) throw failure;
    const x = input.kind === 'features' ? Number(input.features.x) : 0.5;
    return {
      answer: { kind: 'classification', classIndex: 1, label: 'yes', confidence: x, probabilities: [1 - x, x] },
      inputFeatures: { x },
      timing: { queueMs: 1, preprocessMs: 2, inferenceMs: 3, batchSize: 4 },
    };
  }
}

export class FakeModelRepository implements ModelRepository {
  constructor(readonly folders: readonly (ModelFolder | BrokenModelFolder)[]) {}

  async scan() {
    return this.folders;
  }
}
