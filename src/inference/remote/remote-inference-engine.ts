import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CircuitBreaker } from '../../concurrency/circuit-breaker';
import { AppError } from '../../errors';
import type { InferenceEngine, LoadedVersion } from '../../model-registry/inference-engine';
import type { ModelFolder } from '../../model-registry/model-version';
import { ProtocolError } from '../../open-inference/protocol-error';
import type { ImagePlan } from '../image-plan';
import { LoadedOnnxVersion } from '../loaded-onnx-version';
import { type Manifest, parseManifest } from '../manifest';
import type { ModelPlan } from '../model-plan';
import { type EngineOptions, startsPerJob } from '../onnx-inference-engine';
import { WorkerPool } from '../worker-pool';
import { WorkerLostError } from '../worker-seat';
import { OpenInferenceClient } from './open-inference-client';
import { planRemote } from './plan-remote';
import { PunctualVersion } from './punctual-version';
import { askAboutFeatures, askAboutPictures, type PicturePool, type PictureWorkerSettings, questionForm } from './question';
import { RemoteRunner } from './remote-runner';

export interface RemoteEngineOptions extends EngineOptions {
  readonly random: () => number;
}

type Remote = NonNullable<Manifest['remote']>;

/** Requests that one version has under way at once, and connections that are kept for them. */
const maxConnections = 16;
const breakerSettings = { failuresToOpen: 5, openMs: 5_000 };
/** Of one question about pictures: servers and proxies have limits, and all that is under way is in memory. */
const maxQuestionBytes = 8 * 1024 * 1024;
/** Of one element, at most as its type is written in JSON. */
const elementBytes = { binary: { FP32: 4, FP16: 2, UINT8: 1 }, json: { FP32: 20, FP16: 20, UINT8: 4 } };
const headersSchema = z.record(z.string(), z.string());

/** Serves versions whose `model.json` says `remote` by asking a server that speaks the Open Inference Protocol. */
export class RemoteInferenceEngine implements InferenceEngine {
  readonly #options: RemoteEngineOptions;
  readonly #loaded = new Set<LoadedVersion>();

  constructor(options: RemoteEngineOptions) {
    this.#options = options;
  }

  async load(folder: ModelFolder): Promise<LoadedVersion> {
    const manifest = parseManifest(folder.manifest);
    if (!manifest.remote) throw new AppError('INVALID_INPUT', 'model.json does not say "remote".');
    const client = await this.#client(folder, manifest.remote);
    try {
      return await this.#connect(client, manifest.remote, manifest, folder);
    } catch (error) {
      client.close();
      const reason = error instanceof Error ? error.message : String(error);
      const code = mayPass(error) ? 'MODEL_NOT_READY' : 'INVALID_INPUT';
      throw new AppError(code, `The remote model at ${manifest.remote.url} cannot be served: ${reason}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#loaded].map((version) => version.unload()));
  }

  async #connect(
    client: OpenInferenceClient,
    remote: Remote,
    manifest: Manifest,
    { sizeBytes, sha256 }: ModelFolder,
  ): Promise<LoadedVersion> {
    const { batching, elapsedMs } = this.#options;
    const extensions = await client.extensions();
    if (!(await client.isReady())) throw new AppError('MODEL_NOT_READY', 'it is not ready.');
    const plan = planRemote(await client.metadata(), manifest);
    const isBinary = extensions.includes('binary_tensor_data');
    const { ask, stop } = await this.#questions(plan, isBinary);
    const { parameters = {}, timeoutMs } = remote;
    const takesTimeout = extensions.includes('schedule_policy');
    const inner = new LoadedOnnxVersion({
      source: { sizeBytes, sha256 },
      plan,
      runner: new RemoteRunner({ client, plan, ask, isBinary, takesTimeout, timeoutMs, parameters, elapsedMs }),
      batching: { ...batching, maxBatchSize: maxBatchSize(plan, isBinary, batching.maxBatchSize), maxInFlight: maxConnections, elapsedMs },
      onUnload: async () => {
        this.#loaded.delete(version);
        client.close();
        await stop();
      },
    });
    const version: LoadedVersion = new PunctualVersion(inner, elapsedMs, () => client.outage);
    this.#loaded.add(version);
    return version;
  }

  /** How rows become messages; a version that takes pictures has threads for it. */
  async #questions(plan: ModelPlan, isBinary: boolean) {
    const form = questionForm(plan, isBinary);
    // Tensors are passed on as they came, so nothing is ever asked in rows of a version that takes nothing else.
    if (plan.input.kind !== 'image')
      return { ask: askAboutFeatures(plan.input.kind === 'tabular' ? plan.input.inputs : [], form), stop: async () => {} };
    const { workersPerVersion, workerTimeoutMs, workerPath, pictures, logger } = this.#options;
    const settings: PictureWorkerSettings = { image: plan.input.image, imageLimits: pictures.limits, form };
    const pool: PicturePool = new WorkerPool({
      scriptPath: workerPath ?? join(__dirname, 'picture-worker.js'),
      size: workersPerVersion,
      limits: { startMs: workerTimeoutMs * startsPerJob, jobMs: workerTimeoutMs },
      memory: pictures.largePictures,
      logger,
      settings,
    });
    await pool.start();
    return { ask: askAboutPictures(pool), stop: () => pool.stop() };
  }

  async #client({ model, directory }: ModelFolder, remote: Remote): Promise<OpenInferenceClient> {
    const { elapsedMs, random } = this.#options;
    return new OpenInferenceClient({
      url: remote.url,
      model: remote.model ?? model,
      version: remote.version ?? null,
      timeoutMs: remote.timeoutMs,
      headers: { ...remote.headers, ...(await readHeaders(directory, remote.headersFile)) },
      maxConnections,
      breaker: new CircuitBreaker({ ...breakerSettings, elapsedMs }),
      elapsedMs,
      random,
    });
  }
}

/** A server that is down, busy or failing may come back without a word to us; one that says what cannot be used stays so. */
function mayPass(error: unknown): boolean {
  if (error instanceof WorkerLostError) return true;
  return error instanceof AppError && error.code !== 'INVALID_INPUT' && !(error.cause instanceof ProtocolError);
}

/** Rows of one question: pictures are large. */
function maxBatchSize({ fixedBatchSize, input }: ModelPlan, isBinary: boolean, wanted: number): number {
  if (fixedBatchSize !== null || input.kind !== 'image') return fixedBatchSize ?? wanted;
  const rows = Math.floor(maxQuestionBytes / rowBytes(input.image, isBinary));
  return Math.max(1, Math.min(wanted, rows));
}

function rowBytes({ channels, width, height, datatype }: ImagePlan, isBinary: boolean): number {
  return channels * width * height * elementBytes[isBinary ? 'binary' : 'json'][datatype];
}

/** A file of their own keeps secrets out of the manifest. */
async function readHeaders(directory: string, file: string | undefined): Promise<Readonly<Record<string, string>>> {
  if (file === undefined) return {};
  try {
    return headersSchema.parse(JSON.parse(await readFile(resolve(directory, file), 'utf8')));
  } catch (error) {
    // The reason of bad JSON could quote a secret; that of a missing file cannot.
    const { code = 'not of that form' } = error as NodeJS.ErrnoException;
    throw new AppError('INVALID_INPUT', `remote.headersFile "${file}" cannot be read as JSON of names and texts (${code}).`);
  }
}
