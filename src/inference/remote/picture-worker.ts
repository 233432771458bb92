import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from '../../concurrency/thread-priority';
import { encodeInferRequest } from '../../open-inference/infer-request';
import { ThreadPictureMemory } from '../picture-memory';
import { PictureReader } from '../picture-reader';
import { padRows } from '../tensor-rows';
import { answerJobs } from '../worker-jobs';
import { workerNiceness } from '../worker-protocol';
import type { PictureJob, PictureWorkerSettings, Question } from './question';

/** The thread that makes pictures the message to a server which computes the model. */

const port = parentPort;
if (!port) throw new Error('picture-worker runs as a worker thread only');
lowerThreadPriority(workerNiceness);
const { image, imageLimits, form } = workerData as PictureWorkerSettings;
const memory = new ThreadPictureMemory((message) => port.postMessage(message));
const reader = new PictureReader(image, imageLimits, memory);

async function questionOf({ files, parameters, wantsOutputs }: PictureJob): Promise<Question> {
  const startedAtMs = performance.now();
  const { tensor, inputFeatures, refused } = await reader.read(files);
  const inputs = [padRows(tensor, files.length, form.fixedBatchSize)];
  const message = encodeInferRequest({ id: null, parameters, inputs, outputs: wantsOutputs ? null : form.outputs }, form.isBinary);
  const rowsSent = form.fixedBatchSize ?? files.length;
  return { message, rowsSent, inputFeatures, refused, preprocessMs: performance.now() - startedAtMs };
}

answerJobs<PictureJob & { readonly id: number }, Question>(port, {
  memory,
  answer: questionOf,
  transferOf: ({ message: { body } }) => (body.byteLength === body.buffer.byteLength ? [body.buffer as ArrayBuffer] : []),
});
