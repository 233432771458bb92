import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/events/event';
import type { InferenceResult, LoadedVersion, ModelInput } from '../../../src/model-registry/inference-engine';
import type { Tensor } from '../../../src/open-inference/tensor';
import { aTensor, SignatureHouse, signatures } from './signatures';

const models = join(__dirname, '../../../models');
const float = fc.double({ min: -100, max: 100, noNaN: true }).map(Math.fround);
const floats = (columns: number) => fc.array(float, { minLength: columns, maxLength: columns });
const mixed = fc.tuple(float, fc.constantFrom('Oslo', 'Rome', '?'), fc.boolean(), fc.integer({ min: -9, max: 9 }), fc.nat(255));

const tables: readonly (readonly [string, string, fc.Arbitrary<readonly JsonValue[]>])[] = [
  ['logits', join(signatures, 'symbolic-batch.onnx'), floats(2)],
  ['a fixed batch of 1', join(signatures, 'fixed-batch-1.onnx'), floats(2)],
  ['a fixed batch of 4', join(signatures, 'fixed-batch-4.onnx'), floats(2)],
  ['two outputs', join(signatures, 'two-outputs.onnx'), floats(2)],
  ['half floats', join(signatures, 'half-regression.onnx'), floats(2)],
  ['columns of five types', join(signatures, 'mixed-columns.onnx'), mixed],
  ['labels and a ZipMap', join(signatures, 'zip-map-text.onnx'), floats(2)],
  ['an output without rows', join(signatures, 'output-without-rows.onnx'), floats(2)],
  ['rows that the graph mixes', join(signatures, 'rows-mixed.onnx'), floats(2)],
  ['a forest', join(models, 'breast-cancer/2/model.onnx'), floats(30)],
];

/** All that is the answer, and nothing that is its company. */
const own = ({ answer, outputs, inputFeatures }: InferenceResult) => ({ answer, outputs, inputFeatures });

describe('batching', () => {
  const house = new SignatureHouse({ workersPerVersion: 2 });
  afterAll(() => house.close());

  it.each(tables)('changes no bit of any output: %s', async (_, file, row) => {
    const version = await house.loadBytes(readFileSync(file));
    const ask = (values: readonly JsonValue[]) => version.infer({ kind: 'features', features: { values } }, { wantsOutputs: true });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        const together = await Promise.all(rows.map(ask));
        const alone: InferenceResult[] = [];
        for (const one of rows) alone.push(await ask(one));
        expect(together.map(own)).toEqual(alone.map(own));
      }),
      { numRuns: 12 },
    );
  });

  it('did happen', async () => {
    const version = await house.load('fixed-batch-4');
    const rows = await Promise.all(
      Array.from({ length: 24 }, (_, at) => version.infer({ kind: 'features', features: { values: [at, 1] } })),
    );
    expect(Math.max(...rows.map(({ timing }) => timing.batchSize))).toBe(4);
  });

  it.each<[string, string, readonly number[]]>([
    ['a fixed batch of 4', 'fixed-batch-4', [2]],
    ['a fixed batch of pictures', 'fixed-batch-4-of-pictures', [2, 3]],
    ['any number of rows', 'two-outputs', [2]],
  ])('is nothing to tensors of many rows: %s', async (_, file, sides) => {
    const version = await house.load(file);
    const length = sides.reduce((a, b) => a * b, 1);
    await fc.assert(
      fc.asyncProperty(fc.array(floats(length), { minLength: 1, maxLength: 30 }), async (rows) => {
        const tensor = (data: readonly (readonly number[])[]) => aTensor('x', 'FP32', [data.length, ...sides], data.flat());
        const { outputs } = await version.inferTensors([tensor(rows)]);
        const alone = await Promise.all(rows.map((one) => predicted(version, { kind: 'tensors', tensors: [tensor([one])] })));
        expect(outputs.map(({ shape }) => shape[0])).toEqual(outputs.map(() => rows.length));
        expect(outputs.map(elements)).toEqual(outputs.map((_one, at) => alone.flatMap((one) => elements(one[at] as Tensor))));
      }),
      { numRuns: 12 },
    );
  });
});

async function predicted(version: LoadedVersion, input: ModelInput): Promise<readonly Tensor[]> {
  return (await version.infer(input, { wantsOutputs: true })).outputs ?? [];
}

function elements({ data }: Tensor): readonly unknown[] {
  return Array.from(data as ArrayLike<unknown>);
}
