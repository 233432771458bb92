import type { MessagePort } from 'node:worker_threads';
import type { MemoryGrant, ThreadPictureMemory } from './picture-memory';
import type { WorkerMessage } from './worker-protocol';

interface Job {
  readonly id: number;
  readonly kind: string;
}

export interface JobHandler<J extends Job, Result> {
  readonly memory: ThreadPictureMemory;
  readonly answer: (job: J) => Promise<Result>;
  /** What of the result is handed over instead of copied. */
  readonly transferOf: (result: Result) => ArrayBuffer[];
}

/** Answers, in a worker thread, the jobs that come by its port, each with its result or the words of its error; says that it is ready to. */
export function answerJobs<J extends Job, Result>(port: MessagePort, { memory, answer, transferOf }: JobHandler<J, Result>): void {
  const post = (message: WorkerMessage<Result>, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  port.on('message', (job: J | MemoryGrant) => {
    if (isGrant(job)) return memory.granted();
    answer(job).then(
      (result) => post({ kind: 'result', id: job.id, result }, transferOf(result)),
      (error: unknown) => post({ kind: 'error', id: job.id, message: messageOf(error) }),
    );
  });
  post({ kind: 'ready' });
}

function isGrant(message: Job | MemoryGrant): message is MemoryGrant {
  return message.kind === 'granted';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
