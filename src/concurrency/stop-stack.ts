/** What has been started, to be stopped in reverse order; a part that fails to stop does not keep the others running. */
export class StopStack {
  readonly #stops: (() => unknown)[] = [];
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add(stop: () => unknown): void {
    this.#stops.push(stop);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
