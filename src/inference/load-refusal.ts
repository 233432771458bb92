import { AppError } from '../errors';
import { inPlainWords, readable } from './runtime-words';
import { DeviceMissingError, RuntimeRefusal, WorkerLostError } from './worker-seat';

/** What the workers could not start for, as a sentence for whoever put the model there; what is a sentence already stays as it is. */
export function loadRefusal(error: unknown): unknown {
  if (error instanceof DeviceMissingError) {
    const words = readable(error.message).replace(/[^.!?]$/, '$&.');
    return new AppError(
      'INVALID_INPUT',
      `The model shall run on CUDA, which does not work here: ${words} docs/cuda.md says what to install; "device": "cpu" in model.json serves it without.`,
      { cause: error },
    );
  }
  if (error instanceof RuntimeRefusal)
    return new AppError('INVALID_INPUT', `The runtime does not take this model: ${inPlainWords(error.message)}`, { cause: error });
  if (error instanceof WorkerLostError)
    return new AppError('INVALID_INPUT', `The runtime ended while it loaded this model. ${causeOf(error)}`.trim(), { cause: error });
  return error;
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? cause.message : '';
}
