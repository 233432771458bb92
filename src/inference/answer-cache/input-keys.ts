import { hash, webcrypto } from 'node:crypto';
import type { InputFeatures } from '../../events/event';
import type { ModelInput } from '../../model-registry/inference-engine';
import type { ModelDescription, TensorDatatype } from '../../model-registry/model-version';
import { isTexts } from '../../open-inference/json-data';
import type { Tensor } from '../../open-inference/tensor';
import { numberToHalf } from '../../tensor/half-float';
import { type Cell, TabularReader } from '../tabular-row';

export interface InputKey {
  readonly key: string;
  /** What is recorded of this very input, where that is known without the model. */
  readonly inputFeatures: InputFeatures | null;
}

/** What is asked for; what answers one question is no answer to another. */
const questions = { image: 0, features: 1, tensors: 2, outputsOfTensors: 3 } as const;
const digestBytes = 32;
const headBytes = digestBytes + 2;
const cellBytes = 8;
/** Hashing more than this would keep the event loop; it is done by another thread. */
const maxBytesHere = 256 * 1024;

/**
 * Keys of one version's inputs: equal if and only if the model reads the same. SHA-256 over an encoding that can be read in one way only: all
 * parts have a known length, or are digests themselves.
 */
export class InputKeys {
  readonly #head: Buffer;
  readonly #description: ModelDescription;
  readonly #tabular: TabularReader;

  /** @param identity hex digest of all that decides what the version answers. */
  constructor(identity: string, description: ModelDescription) {
    this.#head = Buffer.from(identity, 'hex');
    this.#description = description;
    this.#tabular = new TabularReader(description.features);
  }

  /**
   * Null: the version takes no such input, and says why itself.
   * @throws AppError INVALID_FEATURES
   */
  async of(input: ModelInput, wantsOutputs: boolean): Promise<InputKey | null> {
    if (input.kind === 'tensors') return { key: await this.#ofTensors(input.tensors, 'tensors', wantsOutputs), inputFeatures: null };
    if (input.kind === 'image' && this.#description.kind === 'image')
      return { key: digest([this.#start('image', wantsOutputs), await digestOf(input.bytes)]), inputFeatures: null };
    if (input.kind !== 'features' || this.#description.kind !== 'tabular') return null;
    const { cells, inputFeatures } = this.#tabular.read(input.features);
    return { key: this.#ofCells(cells, wantsOutputs), inputFeatures };
  }

  async ofTensors(tensors: readonly Tensor[]): Promise<string> {
    return this.#ofTensors(tensors, 'outputsOfTensors', true);
  }

  /** Numbers first, each in its place, then the texts: which feature is which is known from the version. */
  #ofCells(cells: readonly Cell[], wantsOutputs: boolean): string {
    const { features } = this.#description;
    const numbers = Buffer.alloc(cells.length * cellBytes);
    const texts: string[] = [];
    cells.forEach((cell, at) => {
      if (typeof cell === 'string') texts.push(cell);
      else writeCell(numbers, at * cellBytes, features[at]?.datatype ?? 'FP64', cell);
    });
    return digest([this.#start('features', wantsOutputs), numbers, Buffer.from(texts.length === 0 ? '' : JSON.stringify(texts))]);
  }

  async #ofTensors(tensors: readonly Tensor[], question: keyof typeof questions, wantsOutputs: boolean): Promise<string> {
    const inOrder = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
    const digests = await Promise.all(
      inOrder.flatMap(({ name, datatype, shape, data }) => [digestOf(json([name, datatype, shape])), digestOf(bytesOf(data))]),
    );
    return digest([this.#start(question, wantsOutputs), ...digests]);
  }

  #start(question: keyof typeof questions, wantsOutputs: boolean): Buffer {
    const start = Buffer.alloc(headBytes);
    this.#head.copy(start);
    start[digestBytes] = questions[question];
    start[digestBytes + 1] = wantsOutputs ? 1 : 0;
    return start;
  }
}

/** The bits that reach the model: two numbers that a 32-bit float cannot tell apart are one. */
function writeCell(into: Buffer, at: number, datatype: TensorDatatype, cell: number | bigint | boolean): void {
  if (typeof cell === 'bigint') into.writeBigUInt64LE(BigInt.asUintN(64, cell), at);
  else if (datatype === 'FP16') into.writeUInt16LE(numberToHalf(Number(cell)), at);
  else if (datatype === 'FP32') into.writeFloatLE(Number(cell), at);
  else into.writeDoubleLE(Number(cell), at);
}

function bytesOf(data: Tensor['data']): Uint8Array {
  return isTexts(data) ? json(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A text is never read in two ways: also half a surrogate pair stays itself, escaped. */
function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digest(parts: readonly Uint8Array[]): string {
  return hash('sha256', Buffer.concat(parts), 'base64url');
}

async function digestOf(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.byteLength <= maxBytesHere) return hash('sha256', bytes, 'buffer');
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}
