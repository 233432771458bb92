import { AppError } from '../../src/errors';
import type {
  FoundFolder,
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
    manifest: '{}',
    wantsChampion: false,
    wantedLabels: [],
    fingerprint: 'f',
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
  threads: { profile: 'throughput', workers: 2, threadsPerWorker: 1, reason: 'the server is set so' },
  parameterCount: 2,
};

/** Answers class 1 with the confidence that the feature `x` says; `{ x: "boom" }` fails as the test decides. */
export class FakeInferenceEngine implements InferenceEngine {
  readonly loads: string[] = [];
  readonly unloaded: string[] = [];
  /** Hashes of the files that answered rows. */
  readonly answeredBy: string[] = [];
  readonly mostLoadingAtOnce = new Map<string, number>();
  readonly #loading = new Map<string, number>();
  stopped = false;
  /** Failure of `infer` by version, and of `load` by version. */
  readonly inferFailures = new Map<string, Error>();
  readonly loadFailures = new Map<string, Error>();
  inferences = 0;

  async load(folder: ModelFolder): Promise<LoadedVersion> {
    if (this.stopped) throw new AppError('MODEL_NOT_READY', 'The server is stopping.');
    const loading = (this.#loading.get(folder.version) ?? 0) + 1;
    this.#loading.set(folder.version, loading);
    this.mostLoadingAtOnce.set(folder.version, Math.max(loading, this.mostLoadingAtOnce.get(folder.version) ?? 0));
    await new Promise(setImmediate);
    this.#loading.set(folder.version, loading - 1);
    const failure = this.loadFailures.get(folder.version);
    if (failure) throw failure;
    this.loads.push(`${folder.model}/${folder.version}@${folder.sha256}`);
    let isUnloaded = false;
    const checkLoaded = () => {
      if (isUnloaded || this.stopped) throw new AppError('MODEL_NOT_READY', 'This version is being unloaded.');
    };
    return {
      source: { sizeBytes: folder.sizeBytes, sha256: folder.sha256 },
      description: aDescription,
      queueDepth: 0,
      infer: async (input) => {
        checkLoaded();
        this.answeredBy.push(folder.sha256);
        return this.#infer(folder.version, input);
      },
      inferTensors: async ([input]) => {
        checkLoaded();
        const failure = this.inferFailures.get(folder.version);
        if (failure) throw failure;
        const xs = [...((input as Tensor).data as Float32Array)];
        const p = { name: 'p', datatype: 'FP32' as const, shape: [xs.length, 2], data: Float32Array.from(xs.flatMap((x) => [1 - x, x])) };
        return {
          outputs: [p],
          rows: xs.length,
          timing: { queueMs: 1, preprocessMs: 2, inferenceMs: 3, postprocessMs: 0, batchSize: xs.length },
        };
      },
      unload: async () => {
        if (isUnloaded) return;
        isUnloaded = true;
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
    if (input.kind === 'image') throw new AppError('INVALID_INPUT', 'This model takes features.');
    const x = input.kind === 'features' ? Number(input.features.x) : 0.5;
    return {
      answer: { kind: 'classification', classIndex: 1, label: 'yes', confidence: x, probabilities: [1 - x, x] },
      inputFeatures: { x },
      timing: { queueMs: 1, preprocessMs: 2, inferenceMs: 3, postprocessMs: 0, batchSize: 4 },
    };
  }
}

export class FakeModelRepository implements ModelRepository {
  constructor(public folders: readonly FoundFolder[]) {}

  async scan() {
    return this.folders;
  }

  async find(model: string, version: string) {
    return this.folders.find((folder) => folder.model === model && folder.version === version) ?? null;
  }

  async fingerprints() {
    return this.folders;
  }
}
