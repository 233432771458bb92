import type { InferenceEngine, LoadedVersion } from '../model-registry/inference-engine';
import type { ModelFolder } from '../model-registry/model-version';
import { parseManifest } from './manifest';

/** Has a version served here or by a server elsewhere, as its manifest says. */
export class ManifestEngine implements InferenceEngine {
  readonly #local: InferenceEngine;
  readonly #remote: InferenceEngine;

  constructor(engines: { readonly local: InferenceEngine; readonly remote: InferenceEngine }) {
    this.#local = engines.local;
    this.#remote = engines.remote;
  }

  async load(folder: ModelFolder): Promise<LoadedVersion> {
    const { remote } = parseManifest(folder.manifest);
    return (remote ? this.#remote : this.#local).load(folder);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#local.stop(), this.#remote.stop()]);
  }
}
