import type { InferenceEngine, LoadedVersion, ModelInput } from '../../src/model-registry/inference-engine';
import type { ModelFolder } from '../../src/model-registry/model-version';

interface Subject {
  readonly engine: InferenceEngine;
  /** A version of one feature `x`, 0.5..1, that answers "yes" with the probability x, and else "no". */
  readonly folder: ModelFolder;
}

const row = (x: number): ModelInput => ({ kind: 'features', features: { x } });
const column = (...xs: number[]) => [{ name: 'x', datatype: 'FP32' as const, shape: [xs.length, 1], data: Float32Array.from(xs) }];
const notReady = { code: 'MODEL_NOT_READY' };

/** What the registry and the predictor rely on, of an engine that computes and of the one that stands in for it. */
export function describeInferenceEngine(name: string, make: () => Promise<Subject>): void {
  describe(`an inference engine: ${name}`, () => {
    let engine: InferenceEngine;
    let folder: ModelFolder;
    let version: LoadedVersion;

    beforeEach(async () => {
      ({ engine, folder } = await make());
      version = await engine.load(folder);
    });
    afterEach(() => engine.stop());

    it('says what it has loaded', () => {
      expect(version).toMatchObject({
        source: { sizeBytes: folder.sizeBytes, sha256: folder.sha256 },
        description: { kind: 'tabular', task: 'classification', classLabels: ['no', 'yes'], features: [{ name: 'x', datatype: 'FP32' }] },
        queueDepth: 0,
      });
    });

    it('answers rows, each for itself, with the time that they took', async () => {
      const results = await Promise.all([0.5, 0.625, 1].map((x) => version.infer(row(x))));
      expect(results.map(({ answer, inputFeatures }) => ({ answer, inputFeatures }))).toEqual(
        [0.5, 0.625, 1].map((x) => ({
          answer: expect.objectContaining({
            kind: 'classification',
            label: x === 0.5 ? expect.any(String) : 'yes',
            probabilities: [1 - x, x],
          }),
          inputFeatures: { x },
        })),
      );
      for (const { timing } of results) {
        const { batchSize, ...times } = timing;
        expect(batchSize).toBeGreaterThanOrEqual(1);
        expect(Object.keys(times).sort()).toEqual(['inferenceMs', 'postprocessMs', 'preprocessMs', 'queueMs']);
        for (const ms of Object.values(times)) expect(ms).toBeGreaterThanOrEqual(0);
      }
    });

    it('refuses what it does not take, and answers the rows beside it', async () => {
      const picture = version.infer({ kind: 'image', bytes: new Uint8Array(4) });
      const [refused, answered] = await Promise.allSettled([picture, version.infer(row(0.75))]);
      expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'INVALID_INPUT' } });
      expect(answered).toMatchObject({ status: 'fulfilled', value: { answer: { label: 'yes', confidence: 0.75 } } });
    });

    it('runs tensors as they are', async () => {
      const { outputs, rows } = await version.inferTensors(column(0.5, 0.75));
      expect(rows).toBe(2);
      expect(outputs).toMatchObject([{ name: 'p', datatype: 'FP32', shape: [2, 2] }]);
      expect(Array.from(outputs[0]?.data as Float32Array)).toEqual([0.5, 0.5, 0.25, 0.75]);
    });

    it('answers what it has taken before it unloads, and nothing after', async () => {
      const taken = [version.infer(row(0.75)), version.inferTensors(column(0.75))];
      const unloading = [version.unload(), version.unload()];
      await expect(version.infer(row(0.75))).rejects.toMatchObject(notReady);
      await expect(version.inferTensors(column(0.75))).rejects.toMatchObject(notReady);
      expect(await Promise.all(taken)).toHaveLength(2);
      await Promise.all(unloading);
      await version.unload();
    });

    it('loads the same files again beside the first', async () => {
      const again = await engine.load(folder);
      await version.unload();
      expect(await again.infer(row(0.75))).toMatchObject({ answer: { confidence: 0.75 } });
    });

    it('unloads everything when it stops, and loads nothing more', async () => {
      await engine.stop();
      await expect(version.infer(row(0.75))).rejects.toMatchObject(notReady);
      await expect(engine.load(folder)).rejects.toMatchObject(notReady);
    });
  });
}
