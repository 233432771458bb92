import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineOptions, OnnxInferenceEngine } from '../../../src/inference/onnx-inference-engine';
import type { LoadedVersion } from '../../../src/model-registry/inference-engine';
import { type Datatype, numericArrays, type Tensor } from '../../../src/open-inference/tensor';
import { aModelFolder } from '../../fakes/fake-inference-engine';
import { FakeLogger } from '../../fakes/fake-logger';
import { anOnnxEngine } from './an-onnx-engine';
import { ModelFolders } from './model-folders';

/** The files that `test/fixtures/onnx/make_signatures.py` makes. */
export const signatures = join(__dirname, '../../fixtures/onnx/signatures');

export function aTensor(name: string, datatype: Datatype, shape: readonly number[], data: readonly (number | bigint | string)[]): Tensor {
  if (datatype === 'BYTES') return { name, datatype, shape, data: data as readonly string[] };
  return { name, datatype, shape, data: (numericArrays[datatype] as Float32ArrayConstructor).from(data as readonly number[]) };
}

/** A house that loads them, each as a version of its own. */
export class SignatureHouse {
  readonly logger = new FakeLogger();
  readonly #folders = new ModelFolders();
  readonly #engine: OnnxInferenceEngine;
  #made = 0;

  constructor(options: Partial<EngineOptions> = {}) {
    this.#engine = anOnnxEngine({ logger: this.logger, ...options });
  }

  load(file: string, manifest: object = {}): Promise<LoadedVersion> {
    return this.loadBytes(readFileSync(join(signatures, `${file}.onnx`)), manifest);
  }

  loadBytes(onnx: Uint8Array, manifest: object = {}): Promise<LoadedVersion> {
    const version = String(++this.#made);
    const directory = this.#folders.add('m', version, onnx);
    return this.#engine.load(aModelFolder('m', version, { directory, manifest: JSON.stringify(manifest) }));
  }

  async close(): Promise<void> {
    await this.#engine.stop();
    this.#folders.remove();
  }
}
