import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from '../../concurrency/thread-priority';
import { encodeInferRequest } from '../../open-inference/infer-request';
import { type MemoryGrant, ThreadPictureMemory } from '../picture-memory';
import { PictureReader } from '../picture-reader';
import { padRows } from '../tensor-rows';
import { type WorkerMessage, workerNiceness } from '../worker-protocol';
import type { PictureJob, PictureWorkerSettings, Question } from './question';

/** The thread that makes pictures the message to a server which computes the model. */

const port = parentPort;
if (!port) throw new Error('picture-worker runs as a worker thread only');
lowerThreadPriority(workerNiceness);
const { image, imageLimits, form } = workerData as PictureWorkerSettings;
const memory = new ThreadPictureMemory(post);
const reader = new PictureReader(image, imageLimits, memory);

async function questionOf({ files, parameters, wantsOutputs }: PictureJob): Promise<Question> {
  const startedAtMs = performance.now();
  const { tensor, inputFeatures, refused } = await reader.read(files);
  const inputs = [padRows(tensor, files.length, form.fixedBatchSize)];
  const message = encodeInferRequest({ id: null, parameters, inputs, outputs: wantsOutputs ? null : form.outputs }, form.isBinary);
  const rowsSent = form.fixedBatchSize ?? files.length;
  return { message, rowsSent, inputFeatures, refused, preprocessMs: performance.now() - startedAtMs };
}

function post(message: WorkerMessage<Question>, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

port.on('message', (job: (PictureJob & { readonly id: number }) | MemoryGrant) => {
  if (job.kind === 'granted') return memory.granted();
  const { id } = job;
  questionOf(job).then(
    (result) => {
      const { buffer, byteLength } = result.message.body;
      post({ kind: 'result', id, result }, byteLength === buffer.byteLength ? [buffer as ArrayBuffer] : []);
    },
    (error: unknown) => post({ kind: 'error', id, message: error instanceof Error ? error.message : String(error) }),
  );
});
post({ kind: 'ready' });
