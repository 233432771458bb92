import { createHash } from 'node:crypto';
import type { InferenceEngine, LoadedVersion } from '../../model-registry/inference-engine';
import type { ModelFolder } from '../../model-registry/model-version';
import { parseManifest } from '../manifest';
import type { AnswerStore } from './answer-store';
import { CachedVersion } from './cached-version';
import { MemoryAnswerStore } from './memory-answer-store';

export interface CacheLookup {
  readonly model: string;
  readonly version: string;
  readonly isHit: boolean;
  /** Of a hit, until it was answered; of a miss, looking and keeping, without the computation. */
  readonly ms: number;
}

export interface CachingEngineOptions {
  readonly inner: InferenceEngine;
  /** Where replicas keep their answers together; null: each version keeps its own in memory. */
  readonly shared: AnswerStore | null;
  /** What computes: another build may answer otherwise. */
  readonly build: string;
  readonly elapsedMs: () => number;
  readonly onLookup: (lookup: CacheLookup) => void;
}

/** Versions whose `model.json` says `cache` keep their answers; the others are handed through as they are. */
export class CachingEngine implements InferenceEngine {
  readonly #options: CachingEngineOptions;

  constructor(options: CachingEngineOptions) {
    this.#options = options;
  }

  async load(folder: ModelFolder): Promise<LoadedVersion> {
    const { inner, shared, elapsedMs, onLookup } = this.#options;
    const { cache, remote } = parseManifest(folder.manifest);
    const loaded = await inner.load(folder);
    if (!cache) return loaded;
    const { model, version } = folder;
    const { maxEntries, maxBytes, ttlMs } = cache;
    // The server that computes a remote version may change its model: nothing of it outlives a load, nor is it told to other replicas.
    const store = remote || !shared ? new MemoryAnswerStore({ maxEntries, maxBytes, elapsedMs }) : shared;
    return new CachedVersion({
      inner: loaded,
      identity: this.#identity(folder, loaded),
      store,
      ttlMs,
      maxOutputBytes: maxBytes,
      elapsedMs,
      onLookup: (lookup) => onLookup({ model, version, ...lookup }),
    });
  }

  stop(): Promise<void> {
    return this.#options.inner.stop();
  }

  /** Of the bytes that were loaded, not of those that lie in the folder by now. */
  #identity({ model, version, manifest }: ModelFolder, { source, description }: LoadedVersion): string {
    const parts = [this.#options.build, model, version, source.sha256, source.weightsSha256 ?? [], manifest, description.device];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  }
}
