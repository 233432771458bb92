import { AppError } from '../errors';

/** What a version has taken and not answered yet. Once it is being unloaded it takes nothing more, and is freed when all is answered. */
export class TakenRequests {
  readonly #answering = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  /** @throws AppError MODEL_NOT_READY once it is being unloaded; what the work throws. */
  async answer<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new AppError('MODEL_NOT_READY', 'This version is being unloaded.');
    const answering = work();
    this.#answering.add(answering);
    try {
      return await answering;
    } finally {
      this.#answering.delete(answering);
    }
  }

  /** A second call waits for the first. */
  close(free: () => Promise<void>): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#answering).then(free);
    return this.#closing;
  }
}
