import { AppError } from '../errors';

/** What a version has taken and not answered yet. Once it is being unloaded it takes nothing more, and is freed when all is answered. */
export class TakenRequests {
  #answering = 0;
  #closing: Promise<void> | null = null;
  #onIdle: () => void = () => {};

  /** @throws AppError MODEL_NOT_READY once it is being unloaded; what the work throws. */
  async answer<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new AppError('MODEL_NOT_READY', 'This version is being unloaded.');
    this.#answering++;
    try {
      return await work();
    } finally {
      if (--this.#answering === 0) this.#onIdle();
    }
  }

  /** A second call waits for the first. */
  close(free: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#idle().then(free);
    return this.#closing;
  }

  #idle(): Promise<void> {
    if (this.#answering === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }
}
