import { cpus } from 'node:os';
import { join, resolve, sep } from 'node:path';
import type { FairTurns } from '../concurrency/fair-turns';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import type { InferenceEngine, LoadedVersion, ModelSource } from '../model-registry/inference-engine';
import type { Device, ModelFolder, ThreadProfile } from '../model-registry/model-version';
import { AbandonedMemory } from './abandoned-memory';
import { type Crew, type PoolForm, type ProfileWish, startCrew } from './crew';
import { modelFile } from './file-model-repository';
import { loadRefusal } from './load-refusal';
import { LoadedOnnxVersion } from './loaded-onnx-version';
import { type Manifest, parseManifest } from './manifest';
import { inSharedMemory, readModelFile } from './model-file';
import { type FeedPlan, isKindGuessed, type ModelPlan, planFeed, planModel } from './model-plan';
import { type OnnxGraph, readOnnxGraph } from './onnx-graph';
import type { PicturePolicy } from './picture-memory';
import { hasZipMap, rewriteZipMap } from './rewrite-zip-map';
import { RowRunner } from './row-runner';
import { blankRow, type Trial, withShapes } from './trial-run';
import { WorkerPool } from './worker-pool';
import type { WorkerSettings } from './worker-protocol';

export interface BatchingOptions {
  readonly maxBatchSize: number;
  readonly maxQueuedRows: number;
  readonly maxQueuedBytes: number;
}

export interface EngineOptions {
  /** Threads that a version may keep busy with inference. */
  readonly workersPerVersion: number;
  /** How they share the work of versions whose manifest does not say; default: by throughput. */
  readonly threadProfile?: ThreadProfile | 'auto';
  /** Of versions whose manifest does not say; default: the processor. */
  readonly device?: Device;
  /** A worker that computes one batch for longer than this is given up and replaced. */
  readonly workerTimeoutMs: number;
  readonly batching: BatchingOptions;
  readonly pictures: PicturePolicy;
  /** Absent: what has run is answered at once. */
  readonly turns?: FairTurns;
  readonly elapsedMs: () => number;
  readonly logger: Logger;
  /** The compiled worker; default: beside this file. */
  readonly workerPath?: string;
}

export const defaultBatching: BatchingOptions = Object.freeze({ maxBatchSize: 32, maxQueuedRows: 1024, maxQueuedBytes: 256 * 1024 * 1024 });
/** Reading a large model takes longer than running it; so many times the limit of a batch are given. */
export const startsPerJob = 10;

/** Serves ONNX files with onnxruntime, in worker threads of each version's own. */
export class OnnxInferenceEngine implements InferenceEngine {
  readonly #options: EngineOptions;
  readonly #loaded = new Set<LoadedVersion>();
  readonly #loading = new Set<Promise<LoadedVersion>>();
  readonly #memory = new AbandonedMemory();
  #isStopping = false;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  async load(folder: ModelFolder): Promise<LoadedVersion> {
    if (this.#isStopping) throw new AppError('MODEL_NOT_READY', 'The server is stopping.');
    const loading = this.#load(folder);
    this.#loading.add(loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(loading);
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.allSettled(this.#loading);
    await Promise.all([...this.#loaded].map((version) => version.unload()));
  }

  async #load({ directory, manifest: text }: ModelFolder): Promise<LoadedVersion> {
    const { bytes, sha256 } = await readModelFile(join(directory, modelFile), modelFile);
    const { graph, rewritten } = readGraph(bytes);
    if (rewritten) this.#memory.abandon([bytes]);
    const manifest = parseManifest(text);
    const externalFiles = await Promise.all(graph.externalFiles.map((path) => readExternalFile(directory, path)));
    const weightsSha256 = externalFiles.map((file) => file.sha256);
    const source = { sizeBytes: bytes.byteLength, sha256, ...(weightsSha256.length > 0 && { weightsSha256 }) };
    const model = rewritten ?? bytes;
    const file: File = { directory, source, graph, model, externalFiles, memories: [model, ...externalFiles.map(({ data }) => data)] };
    try {
      return await this.#start(file, manifest).catch((error: unknown) => {
        if (!(error instanceof MixedRows) || !isKindGuessed(manifest)) throw error;
        return this.#start(file, { ...manifest, kind: 'raw' });
      });
    } catch (error) {
      this.#memory.abandon(file.memories);
      throw error;
    }
  }

  async #start(file: File, manifest: Manifest): Promise<LoadedVersion> {
    const feed = planFeed(file.graph, manifest);
    const device = manifest.device ?? this.#options.device ?? 'cpu';
    const crew = await this.#crew(file, manifest, feed, device).catch((error: unknown) => {
      throw loadRefusal(error);
    });
    try {
      return await this.#warmUp(file, planTried(file.graph, manifest, feed, crew.trial), device, crew);
    } catch (error) {
      await crew.pool.stop();
      throw loadRefusal(error);
    }
  }

  #crew(file: File, { threadProfile }: Manifest, feed: FeedPlan, device: Device): Promise<Crew> {
    const { workersPerVersion: threads, threadProfile: general = 'throughput', batching, elapsedMs } = this.#options;
    const open = (form: PoolForm) => this.#pool(file, feed, device, form);
    const wish = profileWish(device, threadProfile, general);
    return startCrew(feed, { threads, wish, maxBatchSize: batching.maxBatchSize, open, elapsedMs, idleMs });
  }

  #pool({ model, externalFiles }: File, feed: FeedPlan, device: Device, { workers, threadsPerWorker }: PoolForm): WorkerPool {
    const { workerPath, workerTimeoutMs, pictures, logger } = this.#options;
    const { input, fixedBatchSize, outputNames } = feed;
    const image = input.kind === 'image' ? input.image : null;
    const settings: WorkerSettings = {
      ...{ model, externalFiles, image, imageLimits: pictures.limits, device },
      ...{ threadCount: threadsPerWorker, fixedBatchSize, outputNames },
    };
    return new WorkerPool({
      scriptPath: workerPath ?? join(__dirname, 'onnx-worker.js'),
      size: workers,
      limits: { startMs: workerTimeoutMs * startsPerJob, jobMs: workerTimeoutMs },
      memory: pictures.largePictures,
      logger,
      settings,
    });
  }

  async #warmUp(file: File, tried: ModelPlan, device: Device, { pool, trial, threads }: Crew): Promise<LoadedVersion> {
    const { directory, source } = file;
    const plan = { ...tried, description: { ...tried.description, device, threads } };
    const { batching, elapsedMs, turns, logger } = this.#options;
    const runner = new RowRunner(plan, pool);
    const wantedBatchSize = plan.fixedBatchSize ?? batching.maxBatchSize;
    const possibleBatchSize = trial.keepsRowsApart ? wantedBatchSize : 1;
    const { maxBatchSize, measured } =
      plan.input.kind === 'raw'
        ? { maxBatchSize: 1, measured: [] }
        : await runner.warmUp(blankRow(plan.input, trial.filling), possibleBatchSize, elapsedMs);
    if (plan.input.kind !== 'raw' && maxBatchSize < wantedBatchSize) logger.warn('model_does_not_batch', { directory });
    if (trial.outputs === null) logger.warn('model_not_warmed_up', { directory });
    const version: LoadedVersion = new LoadedOnnxVersion({
      source,
      plan,
      runner,
      batching: { ...batching, maxBatchSize, maxInFlight: threads.workers, measured, elapsedMs, turns },
      onUnload: async () => {
        this.#loaded.delete(version);
        await pool.stop();
        this.#memory.abandon(file.memories);
      },
    });
    this.#loaded.add(version);
    return version;
  }
}

/** Of all cores together. */
function idleMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}

/** What a version is made of. */
interface File {
  readonly directory: string;
  readonly source: ModelSource;
  readonly graph: OnnxGraph;
  /** Perhaps rewritten. */
  readonly model: Uint8Array;
  readonly externalFiles: WorkerSettings['externalFiles'];
  /** Of both. */
  readonly memories: readonly Uint8Array[];
}

/** What was taken for rows of a fixed batch is one thing: a matrix, a sequence. */
class MixedRows extends AppError {
  constructor(rows: number) {
    super(
      'INVALID_INPUT',
      `The graph wants ${rows} rows at once, and what it answers for one depends on the others, so they cannot be filled up. Say "kind": "raw" in model.json and send whole tensors.`,
    );
  }
}

/** @throws AppError INVALID_INPUT, MixedRows */
function planTried(graph: OnnxGraph, manifest: Manifest, feed: FeedPlan, { outputs, keepsRowsApart }: Trial): ModelPlan {
  const { input, fixedBatchSize } = feed;
  const mixes = fixedBatchSize !== null && fixedBatchSize > 1 && !keepsRowsApart;
  if (input.kind !== 'raw' && mixes) throw new MixedRows(fixedBatchSize);
  // Where open sides of a raw model's inputs were tried with 1, those of its outputs say nothing.
  const isKnown = outputs !== null && input.kind !== 'raw';
  const shaped = isKnown ? withShapes(graph, outputs, fixedBatchSize) : graph;
  return planModel(shaped, manifest, mixes ? { ...feed, fixedBatchSize: null } : feed);
}

/** Weights in a file of their own: below the model's folder, wherever else the model may point. */
async function readExternalFile(directory: string, path: string): Promise<WorkerSettings['externalFiles'][number] & { sha256: string }> {
  const file = resolve(directory, path);
  if (!file.startsWith(resolve(directory) + sep))
    throw new AppError('INVALID_INPUT', `The model wants weights from "${path}", which is not in its folder.`);
  const { bytes, sha256 } = await readModelFile(file, `"${path}", which holds weights of the model,`);
  return { path, data: bytes, sha256 };
}

interface ReadModel {
  readonly graph: OnnxGraph;
  /** The bytes to load instead of the file; null: the file as it is. */
  readonly rewritten: Uint8Array | null;
}

function readGraph(bytes: Uint8Array): ReadModel {
  let model: ReadModel;
  try {
    const graph = readOnnxGraph(bytes);
    model = { graph, rewritten: hasZipMap(graph) ? inSharedMemory(rewriteZipMap(bytes)) : null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      'INVALID_INPUT',
      `model.onnx is not an ONNX model (${reason}). Export it again; a .pth or a pickle cannot be served.`,
      { cause: error },
    );
  }
  if (model.rewritten && model.graph.externalFiles.length > 0)
    throw new AppError(
      'INVALID_INPUT',
      'The model has a ZipMap and weights in a file of their own; export it in one file, or without ZipMap.',
    );
  return model;
}

function profileWish(device: Device, manifest: Manifest['threadProfile'], general: ThreadProfile | 'auto'): ProfileWish {
  const asked = manifest ?? general;
  if (asked !== 'auto') return { profile: asked, reason: manifest ? 'model.json asks for it' : 'the server is set so' };
  return device === 'cpu' ? null : { profile: 'throughput', reason: 'the graph is not computed by threads' };
}
