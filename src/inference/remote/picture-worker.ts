import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from '../../concurrency/thread-priority';
import { encodeInferRequest } from '../../open-inference/infer-request';
import { PicturePreparation } from '../picture-tensor';
import { padRows } from '../tensor-rows';
import { type WorkerMessage, workerNiceness } from '../worker-protocol';
import type { PictureJob, PictureWorkerSettings, Question } from './question';

/** The thread that makes decoded pictures the message to a server which computes the model. */

const port = parentPort;
if (!port) throw new Error('picture-worker runs as a worker thread only');
lowerThreadPriority(workerNiceness);
const { image, form } = workerData as PictureWorkerSettings;
const preparation = new PicturePreparation(image);

function questionOf({ images, parameters, wantsOutputs }: PictureJob): Question {
  const startedAtMs = performance.now();
  const { tensor, inputFeatures } = preparation.prepare(images);
  const inputs = [padRows(tensor, images.length, form.fixedBatchSize)];
  const message = encodeInferRequest({ id: null, parameters, inputs, outputs: wantsOutputs ? null : form.outputs }, form.isBinary);
  return { message, rowsSent: form.fixedBatchSize ?? images.length, inputFeatures, preprocessMs: performance.now() - startedAtMs };
}

function post(message: WorkerMessage<Question>, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

port.on('message', ({ id, ...job }: PictureJob & { readonly id: number }) => {
  try {
    const result = questionOf(job);
    const { buffer, byteLength } = result.message.body;
    post({ kind: 'result', id, result }, byteLength === buffer.byteLength ? [buffer as ArrayBuffer] : []);
  } catch (error) {
    post({ kind: 'error', id, message: error instanceof Error ? error.message : String(error) });
  }
});
post({ kind: 'ready' });
