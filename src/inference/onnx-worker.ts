import { dirname, join } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { lowerThreadPriority } from '../concurrency/thread-priority';
import type { Device, TensorDatatype } from '../model-registry/model-version';
import { cudaProviderProblem, missingCudaLibrary } from './cuda-libraries';
import { ThreadPictureMemory } from './picture-memory';
import type { PictureReader, ReadPictures } from './picture-reader';
import { padRows, trimRows } from './tensor-rows';
import { answerJobs, messageOf } from './worker-jobs';
import {
  type WireTensor,
  type WorkerJob,
  type WorkerMessage,
  type WorkerResult,
  type WorkerSettings,
  workerNiceness,
} from './worker-protocol';

/**
 * The thread that owns one session: the only file that loads the runtime, whose `create()` and `run()` block the thread they are called on.
 * No spinning: the workers of all versions share the machine's cores.
 */

const port = parentPort;
if (!port) throw new Error('onnx-worker runs as a worker thread only');
const settings = workerData as WorkerSettings;

const runtimeFolder = join(dirname(require.resolve('onnxruntime-node/package.json')), 'bin/napi-v6', process.platform, process.arch);

const sessionOptions: InferenceSession.SessionOptions = {
  intraOpNumThreads: settings.threadCount,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
};

const toRuntime: Readonly<Record<TensorDatatype, Tensor.Type>> = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
};
const fromRuntime = Object.fromEntries(Object.entries(toRuntime).map(([datatype, type]) => [type, datatype])) as Record<
  Tensor.Type,
  TensorDatatype
>;

async function main(port: MessagePort): Promise<void> {
  lowerThreadPriority(workerNiceness);
  let session: InferenceSession;
  try {
    session = await (settings.device === 'cuda' ? createOnCuda() : create('cpu'));
  } catch (error) {
    const failed: WorkerMessage = {
      kind: 'failed',
      culprit: error instanceof DeviceProblem ? 'device' : 'model',
      message: messageOf(error),
    };
    port.postMessage(failed);
    return;
  }
  const memory = new ThreadPictureMemory((message) => port.postMessage(message));
  const reader = await pictureReader(memory);
  answerJobs<WorkerJob, WorkerResult>(port, {
    memory,
    answer: (job) => answer(session, reader, job),
    transferOf: ({ outputs }) => outputs.flatMap(transferable),
  });
}

class DeviceProblem extends Error {}

/** @throws DeviceProblem; what the runtime throws where the model is the culprit. */
async function createOnCuda(): Promise<InferenceSession> {
  const problem = cudaProviderProblem(runtimeFolder);
  if (problem) throw new DeviceProblem(problem);
  try {
    return await create('cuda');
  } catch (error) {
    // A model that does not load without CUDA either is refused for what it is.
    await create('cpu');
    throw new DeviceProblem(missingCudaLibrary(runtimeFolder) ?? messageOf(error));
  }
}

function create(device: Device): Promise<InferenceSession> {
  // The runtime takes no shared memory.
  const model = new Uint8Array(settings.model);
  const externalData = settings.externalFiles.map(({ path, data }) => ({ path, data: new Uint8Array(data) }));
  const options = { ...sessionOptions, executionProviders: [device], ...(externalData.length > 0 && { externalData }) };
  return InferenceSession.create(model, options).finally(() => free([model, ...externalData.map(({ data }) => data)]));
}

/** The runtime has made its own of them. A thread that only waits for rows collects no garbage: what is sent to nobody is freed at once. */
function free(copies: readonly Uint8Array<ArrayBuffer>[]): void {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(
    null,
    copies.map(({ buffer }) => buffer),
  );
  port1.close();
}

async function answer(session: InferenceSession, reader: PictureReader | null, job: WorkerJob): Promise<WorkerResult> {
  const startedAtMs = performance.now();
  const pictures = job.kind === 'images' ? await readPictures(reader, job.files) : null;
  const rows = job.kind === 'images' ? job.files.length : job.rows;
  const tensors = job.kind === 'tensors' ? job.tensors : [pictures?.tensor as WireTensor];
  const { inputFeatures = [], refused = [] } = pictures ?? {};
  const preprocessMs = performance.now() - startedAtMs;
  if (pictures && refused.length === rows) return { outputs: [], inputFeatures, refused, preprocessMs, inferenceMs: 0 };
  const outputs = await run(session, rows, tensors);
  return { outputs, inputFeatures, refused, preprocessMs, inferenceMs: performance.now() - startedAtMs - preprocessMs };
}

/** The decoder is loaded where pictures come only: it takes longer than all else. */
async function pictureReader(memory: ThreadPictureMemory): Promise<PictureReader | null> {
  if (!settings.image) return null;
  const reading = await import('./picture-reader.js');
  return new reading.PictureReader(settings.image, settings.imageLimits, memory);
}

async function readPictures(reader: PictureReader | null, files: readonly Uint8Array[]): Promise<ReadPictures> {
  if (!reader) throw new Error('this model takes no images');
  return reader.read(files);
}

async function run(session: InferenceSession, rows: number, tensors: readonly WireTensor[]): Promise<WireTensor[]> {
  const feeds: Record<string, Tensor> = {};
  const { fixedBatchSize, outputNames } = settings;
  for (const tensor of tensors) feeds[tensor.name] = toTensor(padRows(tensor, rows, fixedBatchSize));
  const outputs = await (outputNames === null ? session.run(feeds) : session.run(feeds, outputNames));
  const names = outputNames ?? session.outputNames;
  return names.map((name) => trimRows(fromTensor(name, outputs[name] as Tensor), rows, fixedBatchSize));
}

function toTensor({ datatype, data, shape }: WireTensor): Tensor {
  return new Tensor(toRuntime[datatype], data as Tensor.DataType, [...shape]);
}

function fromTensor(name: string, { type, dims, data }: Tensor): WireTensor {
  return { name, datatype: fromRuntime[type], shape: dims, data: type === 'float16' ? bitsOf(data) : (data as WireTensor['data']) };
}

/** Newer engines give half floats an array of their own; what travels are their bits. */
function bitsOf(data: Tensor.DataType): Uint16Array {
  const { buffer, byteOffset, length } = data as Uint16Array;
  return new Uint16Array(buffer, byteOffset, length);
}

function transferable({ data }: WireTensor): ArrayBuffer[] {
  return ArrayBuffer.isView(data) && data.byteLength === data.buffer.byteLength ? [data.buffer as ArrayBuffer] : [];
}

void main(port);
