import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../src/events/event';
import { InputKeys } from '../../../../src/inference/answer-cache/input-keys';
import { tabularTensors } from '../../../../src/inference/feeds';
import { TabularReader } from '../../../../src/inference/tabular-row';
import type { ModelInput } from '../../../../src/model-registry/inference-engine';
import type { FeatureSignature, ModelDescription } from '../../../../src/model-registry/model-version';
import type { NumericData, Tensor } from '../../../../src/open-inference/tensor';
import { aDescription } from '../../../fakes/fake-inference-engine';

const identity = 'ab'.repeat(32);
const features: readonly FeatureSignature[] = [
  { name: 'f16', datatype: 'FP16' },
  { name: 'f32', datatype: 'FP32' },
  { name: 'f64', datatype: 'FP64' },
  { name: 'int', datatype: 'INT64' },
  { name: 'whole', datatype: 'UINT8' },
  { name: 'flag', datatype: 'BOOL' },
  { name: 'word', datatype: 'BYTES' },
  { name: 'other word', datatype: 'BYTES' },
];
const tabular: ModelDescription = { ...aDescription, features };
const image: ModelDescription = { ...aDescription, kind: 'image', features: [] };

// From few values, close together, so that equal ones are frequent and nearly equal ones, too.
const near = fc.constantFrom(0, -0, 0.1, Math.fround(0.1), 0.1 + Number.EPSILON, 1, 1.0001, 65503, 65504, 1e-8, -1e-8);
const word = fc.constantFrom('', '1', 'a', 'a"', '","', '\\', 'ä', 'a\u0301', 'á');
const rows = fc.record({
  ...{ f16: near, f32: near, f64: near, word, 'other word': word, flag: fc.boolean() },
  ...{ int: fc.constantFrom(0, -0, 1, -1, 2 ** 40), whole: fc.constantFrom(0, 1, 255) },
});

/** What reaches the graph, bit by bit. */
function bitsOf(row: JsonObject): string {
  const { cells } = new TabularReader(features).read(row);
  const inputs = features.map((feature) => ({ signature: { ...feature, shape: [-1, 1] }, features: [feature] }));
  return JSON.stringify(
    tabularTensors(inputs, [cells]).map(({ data }) => (Array.isArray(data) ? data : [...new Uint8Array((data as NumericData).buffer)])),
  );
}

const keysOf = (description: ModelDescription, of = identity) => new InputKeys(of, description);
const keyOf = async (input: ModelInput, description = tabular, wantsOutputs = false) =>
  (await keysOf(description).of(input, wantsOutputs))?.key ?? null;
const ofRow = (row: JsonObject) => keyOf({ kind: 'features', features: row });
const ofBytes = (bytes: Uint8Array) => keyOf({ kind: 'image', bytes }, image);
const ofTensors = (...tensors: readonly Tensor[]) => keyOf({ kind: 'tensors', tensors });
const float = (name: string, shape: readonly number[], data: readonly number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: Float32Array.from(data),
});

describe('the key of a table row', () => {
  it('is equal to that of another row if and only if the model reads the same', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (a, b) => {
        expect((await ofRow(a)) === (await ofRow(b))).toBe(bitsOf(a) === bitsOf(b));
      }),
      { numRuns: 500 },
    );
  });

  it('is equal if and only if the model reads the same, also where rows differ in one place', async () => {
    const place = fc.constantFrom(...features.map(({ name }) => name as keyof JsonObject));
    await fc.assert(
      fc.asyncProperty(rows, rows, place, async (a, other, name) => {
        const b: JsonObject = { ...a, [name]: (other as JsonObject)[name] as JsonValue };
        expect((await ofRow(a)) === (await ofRow(b))).toBe(bitsOf(a) === bitsOf(b));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of the names, nor on whether there are any', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.shuffledSubarray(
          features.map(({ name }) => name),
          { minLength: features.length },
        ),
        async (row, order) => {
          const shuffled = Object.fromEntries(order.map((name) => [name, (row as JsonObject)[name] as JsonValue]));
          const values = features.map(({ name }) => (row as JsonObject)[name] as JsonValue);
          expect(await ofRow(shuffled)).toBe(await ofRow(row));
          expect(await ofRow({ values })).toBe(await ofRow(row));
        },
      ),
    );
  });

  const row = { f16: 1, f32: 1, f64: 1, int: 1, whole: 1, flag: true, word: '1', 'other word': '' };
  it.each<[string, JsonObject, boolean]>([
    ['-0 of a double and 0', { f64: -0 }, false],
    ['-0 of an integer and 0', { int: -0 }, true],
    ['a number too small for a 32-bit float and 0', { f32: 1e-60 }, true],
    ['texts that only differ in where one ends', { word: '', 'other word': '1' }, false],
  ])('tells apart what the model tells apart: %s', async (_, more, isAlike) => {
    const zeros = { ...row, f64: 0, int: 0, f32: 0 };
    expect((await ofRow({ ...zeros, ...more })) === (await ofRow(zeros))).toBe(isAlike);
  });

  it.each<[string, JsonObject]>([
    ['1 and true', { flag: 1 }],
    ['1 and "1"', { f32: '1' }],
    ['"1" and 1', { word: 1 }],
  ])('is none where the model takes no such thing: %s', async (_, more) => {
    await expect(ofRow({ ...row, ...more })).rejects.toMatchObject({ code: 'INVALID_FEATURES' });
  });

  it('comes with the values as they were sent', async () => {
    const asked = await keysOf(tabular).of({ kind: 'features', features: { ...row, f32: 0.1 } }, false);
    expect(asked?.inputFeatures).toMatchObject({ f32: 0.1 });
  });
});

describe('the key of a picture', () => {
  it('is equal if and only if the bytes are, of any size', async () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (a, b) => {
        expect((await ofBytes(a)) === (await ofBytes(b))).toBe(Buffer.compare(a, b) === 0);
      }),
    );
    const large = new Uint8Array(300 * 1024);
    const another = new Uint8Array(large.length);
    another[another.length - 1] = 1;
    expect(await ofBytes(large)).toBe(await ofBytes(large.slice()));
    expect(await ofBytes(large)).not.toBe(await ofBytes(another));
  });
});

describe('the key of tensors', () => {
  const a = float('a', [1, 2], [1, 2]);
  const b = float('b', [1, 2], [3, 4]);

  it('knows names, types, shapes and elements, and no order', async () => {
    const key = await ofTensors(a, b);
    expect(await ofTensors(b, a)).toBe(key);
    const others = [
      [{ ...a, name: 'c' }, b],
      [{ ...a, shape: [2, 1] }, b],
      [{ ...a, data: Float32Array.from([1, -2]) }, b],
      [{ ...a, datatype: 'INT32', data: new Int32Array((a.data as Float32Array).buffer) }, b],
      [
        { ...a, data: b.data },
        { ...b, data: a.data },
      ],
      [a],
    ] as const;
    const keys = await Promise.all(others.map((tensors) => ofTensors(...(tensors as readonly Tensor[]))));
    expect(new Set([key, ...keys]).size).toBe(others.length + 1);
  });

  it('is that of a part of a larger buffer, too', async () => {
    const whole = Float32Array.from([9, 1, 2, 9]);
    expect(await ofTensors({ ...a, data: whole.subarray(1, 3) })).toBe(await ofTensors(a));
  });

  it('knows texts from each other', async () => {
    const text = (...data: string[]): Tensor => ({ name: 't', datatype: 'BYTES', shape: [2], data });
    expect(await ofTensors(text('ab', 'c'))).not.toBe(await ofTensors(text('a', 'bc')));
    expect(await ofTensors(text('\ud800', ''))).not.toBe(await ofTensors(text('\ufffd', '')));
  });
});

describe('a key', () => {
  const row: ModelInput = { kind: 'features', features: { values: [0, 0, 0, 0, 0, true, '', ''] } };

  it('is another for another version, another kind of question, and when outputs are wanted', async () => {
    const tensors = [float('x', [1], [1])];
    const other = keysOf(tabular, 'cd'.repeat(32));
    const keys = [
      await keyOf(row),
      await keyOf(row, tabular, true),
      (await other.of(row, false))?.key,
      await ofTensors(...tensors),
      await keysOf(tabular).ofTensors(tensors),
      await other.ofTensors(tensors),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is none for what the version takes not', async () => {
    expect(await keyOf(row, image)).toBeNull();
    expect(await keyOf({ kind: 'image', bytes: new Uint8Array(1) })).toBeNull();
    expect(await keyOf(row, { ...aDescription, kind: 'raw' })).toBeNull();
  });
});
