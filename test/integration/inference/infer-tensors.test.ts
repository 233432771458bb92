import fc from 'fast-check';
import type { LoadedVersion } from '../../../src/model-registry/inference-engine';
import type { Tensor } from '../../../src/open-inference/tensor';
import { aModelFolder } from '../../fakes/fake-inference-engine';
import { anOnnxEngine } from './an-onnx-engine';
import { ModelFolders } from './model-folders';
import * as models from './sample-models';

const floats = (name: string, shape: readonly number[], ...data: number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: Float32Array.from(data),
});

describe('tensors through the graph as they are', () => {
  const folders = new ModelFolders();
  const engine = anOnnxEngine();
  let made = 0;
  afterAll(async () => {
    await engine.stop();
    folders.remove();
  });
  function load(onnx: Uint8Array): Promise<LoadedVersion> {
    const version = String(++made);
    return engine.load(aModelFolder('m', version, { directory: folders.add('m', version, onnx) }));
  }

  it('answers a request of many rows as one job, equal to its rows one by one', async () => {
    const version = await load(models.linear);
    const row = fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 }));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
        const { outputs, timing } = await version.inferTensors([floats('x', [rows.length, 2], ...rows.flat())]);
        expect(outputs).toEqual([floats('scores', [rows.length, 3], ...rows.flatMap(([a, b]) => [a, b, a + b]))]);
        expect(timing.batchSize).toBe(rows.length);
      }),
      { numRuns: 15 },
    );
  });

  it('fills up a graph of a fixed batch size, and runs more rows in turn', async () => {
    const version = await load(models.threeRows);
    const { outputs } = await version.inferTensors([floats('x', [2, 2], 1, 2, 3, 4)]);
    expect(outputs).toEqual([floats('scores', [2, 3], 1, 2, 3, 3, 4, 7)]);
    const more = await version.inferTensors([floats('x', [4, 2], 1, 2, 3, 4, 5, 6, 7, 8)]);
    expect(more).toMatchObject({ rows: 4, timing: { batchSize: 3 } });
    expect(more.outputs).toEqual([floats('scores', [4, 3], 1, 2, 3, 3, 4, 7, 5, 6, 11, 7, 8, 15)]);
  });

  it('gives every output of an export with ZipMap, the maps as a tensor', async () => {
    const version = await load(models.treeWithZipMap);
    const { outputs } = await version.inferTensors([floats('x', [2, 1], 4, 6)]);
    expect(outputs.map(({ name }) => name)).toEqual(version.description.outputs.map(({ name }) => name));
    expect(outputs).toEqual([
      { name: 'label', datatype: 'INT64', shape: [2], data: outputs[0]?.data },
      floats('probability', [2, 2], 0.75, 0.25, 0.125, 0.875),
    ]);
  });

  it('gives an image model its tensor', async () => {
    const version = await load(models.meanLevel);
    const { outputs } = await version.inferTensors([floats('image', [1, 3, 4, 4], ...new Array(48).fill(0.5))]);
    expect(outputs).toEqual([floats('white', [1, 1], 0.5)]);
  });

  it('says what the runtime says of values that the graph does not take', async () => {
    const version = await load(models.lookUp);
    const place = (at: bigint): Tensor => ({ name: 'place', datatype: 'INT64', shape: [1, 1], data: BigInt64Array.of(at) });
    await expect(version.inferTensors([place(7n)])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/does not take these/),
    });
    expect((await version.inferTensors([place(2n)])).outputs).toEqual([floats('value', [1, 1], 2.5)]);
  });

  it('refuses a request whose client went away or whose time is over', async () => {
    const version = await load(models.linear);
    const input = floats('x', [1, 2], 1, 2);
    await expect(version.inferTensors([input], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(version.inferTensors([input], { deadlineAtMs: 0 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('answers what it took before it unloads, and nothing after', async () => {
    const version = await load(models.linear);
    const taken = Promise.all([1, 2, 3, 4].map((x) => version.inferTensors([floats('x', [1, 2], x, 0)])));
    await version.unload();
    expect(await taken).toHaveLength(4);
    await expect(version.inferTensors([floats('x', [1, 2], 1, 0)])).rejects.toMatchObject({ code: 'MODEL_NOT_READY' });
  });
});
