import { PunctualVersion } from '../../../../src/inference/remote/punctual-version';
import type { LoadedVersion } from '../../../../src/model-registry/inference-engine';
import { aModelFolder, FakeInferenceEngine } from '../../../fakes/fake-inference-engine';

const row = { kind: 'features', features: { x: 0.5 } } as const;

describe('PunctualVersion', () => {
  const load = () => new FakeInferenceEngine().load(aModelFolder('m', '1'));

  it('lets a caller go at its deadline, though its batch is still under way', async () => {
    const inner: LoadedVersion = { ...(await load()), infer: () => new Promise(() => {}) };
    const version = new PunctualVersion(
      inner,
      () => 1_000,
      () => null,
    );
    await expect(version.infer(row, { deadlineAtMs: 1_005 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('gives the answer that comes in time, and waits where nobody said until when', async () => {
    const version = new PunctualVersion(
      await load(),
      () => 0,
      () => null,
    );
    for (const request of [{}, { deadlineAtMs: 60_000 }]) {
      expect((await version.infer(row, request)).answer).toMatchObject({ label: 'yes', confidence: 0.5 });
    }
  });
});
