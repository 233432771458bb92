import { AppError } from '../errors';
import type { InputFeatures, JsonObject, JsonValue } from '../events/event';
import { isStorable, unstorableSentence } from '../events/storable';
import type { FeatureSignature, TensorDatatype } from '../model-registry/model-version';
import { halfOverflow } from '../tensor/half-float';

export type Cell = number | bigint | boolean | string;

/** One row of a tabular model: its cells in the order of the features, and the same values as drift sees them. */
export interface TabularRow {
  readonly cells: readonly Cell[];
  readonly inputFeatures: InputFeatures;
}

/** Whole-number types and the range of each. */
const integerRanges: Partial<Record<TensorDatatype, readonly [lowest: bigint, highest: bigint]>> = {
  INT8: [-(2n ** 7n), 2n ** 7n - 1n],
  INT16: [-(2n ** 15n), 2n ** 15n - 1n],
  INT32: [-(2n ** 31n), 2n ** 31n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  UINT8: [0n, 2n ** 8n - 1n],
  UINT16: [0n, 2n ** 16n - 1n],
  UINT32: [0n, 2n ** 32n - 1n],
  UINT64: [0n, 2n ** 64n - 1n],
};

/** Reads the rows of one model. What does not change from row to row is made once: it is most of the work. */
export class TabularReader {
  readonly #features: readonly FeatureSignature[];
  readonly #names: ReadonlySet<string>;
  /** A copy of it has a place for each feature; an object that grew key by key would be several times as large, and slower to read. */
  readonly #blank: Readonly<Record<string, number | string>>;

  constructor(features: readonly FeatureSignature[]) {
    this.#features = features;
    this.#names = new Set(features.map((feature) => feature.name));
    const blanks = features.map(({ name, datatype }) => [name, datatype === 'BYTES' ? '' : 0.5] as const);
    // Parsed, because only then the engine lays the keys out side by side.
    this.#blank = JSON.parse(JSON.stringify(Object.fromEntries(blanks))) as Record<string, number | string>;
  }

  /**
   * A row from named features, or from the single key `values` with an array in declared order.
   * @throws AppError INVALID_FEATURES naming the key (`details.feature`).
   */
  read(given: JsonObject): TabularRow {
    const positional = isPositional(given) ? byPosition(this.#features, given.values) : null;
    if (positional === null) this.#refuseUnknown(given);
    const inputFeatures = { ...this.#blank };
    const cells = this.#features.map((feature, index) => {
      const { name } = feature;
      const value = positional === null ? ownValue(given, name) : positional[index];
      if (value === undefined) throw this.#missing(given, name);
      const cell = readCell(feature, value);
      inputFeatures[name] = typeof cell === 'string' ? cell : Number(cell);
      return cell;
    });
    return { cells, inputFeatures };
  }

  /** One is named; whoever forgot many is told so. */
  #missing(given: JsonObject, name: string): AppError {
    const others = this.#features.filter((feature) => ownValue(given, feature.name) === undefined).length - 1;
    const more =
      others > 0
        ? ` So are ${others} more of the model's ${this.#features.length}; "values" takes all of them as an array, in declared order.`
        : '';
    return refusal(name, `Feature "${name}" is missing.${more}`);
  }

  #refuseUnknown(given: JsonObject): void {
    for (const name of Object.keys(given)) {
      if (this.#names.has(name)) continue;
      // As JSON: an unknown name may hold what cannot be stored, and the sentence is recorded.
      throw refusal(name, `The model has no feature ${JSON.stringify(name)}. Its features: ${namesOf(this.#features)}.`);
    }
  }
}

function isPositional(given: JsonObject): boolean {
  return Object.keys(given).length === 1 && 'values' in given;
}

function byPosition(features: readonly FeatureSignature[], values: JsonValue | undefined): readonly JsonValue[] {
  if (!Array.isArray(values)) throw refusal('values', '"values" must be an array of the features in declared order.');
  if (values.length !== features.length) {
    throw refusal(
      'values',
      `"values" has ${values.length} entries, but the model takes ${features.length} features: ${namesOf(features)}.`,
    );
  }
  return values as readonly JsonValue[];
}

function ownValue(given: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

function readCell({ name, datatype }: FeatureSignature, value: JsonValue): Cell {
  if (value === null) throw refusal(name, `Feature "${name}" is null; the model needs a value.`);
  if (datatype === 'BYTES') {
    if (typeof value === 'string') return readText(name, value);
    throw refusal(name, `Feature "${name}" must be a string, not ${describe(value)}.`);
  }
  if (datatype === 'BOOL') {
    if (typeof value === 'boolean') return value;
    throw refusal(name, `Feature "${name}" must be true or false, not ${describe(value)}.`);
  }
  if (typeof value !== 'number') throw refusal(name, `Feature "${name}" must be a number, not ${describe(value)}.`);
  if (!Number.isFinite(value)) throw refusal(name, `Feature "${name}" is not a finite number.`);
  const range = integerRanges[datatype];
  return range ? readInteger(name, datatype, value, range) : readFloat(name, datatype, value);
}

/** It is recorded with the prediction, so what cannot be kept is refused at the door. */
function readText(name: string, value: string): string {
  if (isStorable(value)) return value;
  throw refusal(name, `Feature "${name}" ${unstorableSentence}`);
}

function readInteger(name: string, datatype: TensorDatatype, value: number, [lowest, highest]: readonly [bigint, bigint]): bigint {
  if (!Number.isInteger(value)) throw refusal(name, `Feature "${name}" must be a whole number (${datatype}), not ${value}.`);
  const integer = BigInt(value);
  if (integer < lowest || integer > highest) throw refusal(name, `Feature "${name}" is outside the range of ${datatype}: ${value}.`);
  return integer;
}

function readFloat(name: string, datatype: TensorDatatype, value: number): number {
  if (datatype === 'FP32' && !Number.isFinite(Math.fround(value))) {
    throw refusal(name, `Feature "${name}" is too large for a 32-bit float: ${value}.`);
  }
  if (datatype === 'FP16' && Math.abs(value) >= halfOverflow)
    throw refusal(name, `Feature "${name}" is too large for a 16-bit float, which ends at 65504: ${value}.`);
  return value;
}

function describe(value: JsonValue): string {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`;
}

function namesOf(features: readonly FeatureSignature[]): string {
  const shown = features.slice(0, 40).map((feature) => feature.name);
  return features.length > shown.length ? `${shown.join(', ')}, and ${features.length - shown.length} more` : shown.join(', ');
}

function refusal(feature: string, message: string): AppError {
  return new AppError('INVALID_FEATURES', message, { details: { feature } });
}
