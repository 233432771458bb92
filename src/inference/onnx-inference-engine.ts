import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors';
import type { Logger } from '../events/logger';
import type { InferenceEngine, LoadedVersion } from '../model-registry/inference-engine';
import type { ModelFolder } from '../model-registry/model-version';
import type { ImageLimits } from './decode-image';
import { manifestFile, modelFile } from './file-model-repository';
import { type BatchingOptions, LoadedOnnxVersion } from './loaded-onnx-version';
import { type Manifest, parseManifest } from './manifest';
import { planModel } from './model-plan';
import { type OnnxGraph, readOnnxGraph } from './onnx-graph';
import { hasZipMap, rewriteZipMap } from './rewrite-zip-map';
import { RuntimeRefusal, WorkerPool } from './worker-pool';

export interface EngineOptions {
  readonly workersPerVersion: number;
  readonly batching: BatchingOptions;
  readonly imageLimits: ImageLimits;
  readonly elapsedMs: () => number;
  readonly logger: Logger;
  /** The compiled worker; default: beside this file. */
  readonly workerPath?: string;
}

export const defaultBatching: BatchingOptions = Object.freeze({ maxBatchSize: 32, maxQueuedRows: 1024, maxQueuedBytes: 256 * 1024 * 1024 });
export const defaultImageLimits: ImageLimits = Object.freeze({ maxImageBytes: 20 * 1024 * 1024, maxImagePixels: 100_000_000 });

/** Serves ONNX files with onnxruntime, in worker threads of each version's own. */
export class OnnxInferenceEngine implements InferenceEngine {
  readonly #options: EngineOptions;
  readonly #loaded = new Set<LoadedVersion>();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  async load(folder: ModelFolder): Promise<LoadedVersion> {
    const path = join(folder.directory, modelFile);
    const bytes = await readFile(path);
    const graph = readGraph(bytes);
    const plan = planModel(graph, await readManifest(folder.directory));
    const { workersPerVersion, batching, imageLimits, elapsedMs, logger } = this.#options;
    const pool = new WorkerPool({
      scriptPath: this.#options.workerPath ?? join(__dirname, 'onnx-worker.js'),
      size: workersPerVersion,
      logger,
      settings: {
        model: hasZipMap(graph) ? rewriteZipMap(bytes) : path,
        image: plan.input.kind === 'image' ? plan.input.image : null,
        fixedBatchSize: plan.fixedBatchSize,
      },
    });
    const version = new LoadedOnnxVersion({ plan, pool, workers: workersPerVersion, batching, imageLimits, elapsedMs });
    try {
      await pool.start();
      await version.warmUp();
    } catch (error) {
      await pool.stop();
      throw refusal(error);
    }
    this.#loaded.add(version);
    return version;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#loaded].map((version) => version.unload()));
    this.#loaded.clear();
  }
}

function readGraph(bytes: Uint8Array): OnnxGraph {
  try {
    return readOnnxGraph(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      'INVALID_INPUT',
      `model.onnx is not an ONNX model (${reason}). Export it again; a .pth or a pickle cannot be served.`,
      { cause: error },
    );
  }
}

async function readManifest(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, manifestFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return parseManifest(text);
}

function refusal(error: unknown): unknown {
  if (!(error instanceof RuntimeRefusal)) return error;
  return new AppError('INVALID_INPUT', `The runtime does not take this model: ${error.message}`, { cause: error });
}
