/**
 * Port: keeps what versions computed. It may lose anything at any time, so nothing here ever fails: what cannot be had, soon, is not there.
 */
export interface AnswerStore {
  get(key: string): Promise<Uint8Array | null>;
  /** Resolves when it is kept, or will never be. */
  put(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
}
