import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So much memory of models that were unloaded may wait until V8 collects garbage by itself. */
const toleratedBytes = 256 * 2 ** 20;

/**
 * Files of models lie in shared memory, which V8 does not count: a server that is idle but for reloads of large models would keep all of them. This
 * counts what was abandoned and is not collected yet, and has garbage collected when it is much; where there is traffic, that happens by itself.
 */
export class AbandonedMemory {
  readonly #collect: () => void;
  readonly #collected = new FinalizationRegistry<number>((bytes) => {
    this.#abandonedBytes -= bytes;
  });
  #abandonedBytes = 0;

  constructor(collect: () => void = collectGarbageSoon) {
    this.#collect = collect;
  }

  get abandonedBytes(): number {
    return this.#abandonedBytes;
  }

  /** Nobody will read these again. */
  abandon(memories: readonly Uint8Array[]): void {
    for (const { buffer } of memories) {
      this.#abandonedBytes += buffer.byteLength;
      this.#collected.register(buffer, buffer.byteLength);
    }
    if (this.#abandonedBytes > toleratedBytes) this.#collect();
  }
}

/** After this turn: until then the caller holds what shall go. */
function collectGarbageSoon(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setImmediate(collect);
}
