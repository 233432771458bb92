import { AppError } from '../../../src/errors';
import type { InferenceResult, LoadedVersion, ModelInput } from '../../../src/model-registry/inference-engine';
import { ShadowMirror, type ShadowMirrorOptions } from '../../../src/prediction/shadow-mirror';
import { FakeEventJournal } from '../../fakes/fake-event-journal';
import { aModelFolder, FakeInferenceEngine } from '../../fakes/fake-inference-engine';

const input: ModelInput = { kind: 'features', features: { x: 0.75 } };
const mirrors = [{ experiment: 'e', variant: 'next', version: '2' }];
const send = { predictionId: 'p', model: 'digits', input, mirrors };

/** A version whose answers wait until they are let go. */
class SlowVersion {
  readonly waiting: (() => void)[] = [];
  readonly requests: unknown[] = [];
  readonly #inner: LoadedVersion;
  constructor(inner: LoadedVersion) {
    this.#inner = inner;
  }
  async infer(...args: Parameters<LoadedVersion['infer']>): Promise<InferenceResult> {
    this.requests.push(args[1]);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.#inner.infer(...args);
  }
}

async function setUp(more: Partial<ShadowMirrorOptions> = {}) {
  const engine = new FakeInferenceEngine();
  const loaded = await engine.load(aModelFolder('digits', '2'));
  const journal = new FakeEventJournal();
  const told: string[] = [];
  const errors: unknown[] = [];
  const mirror = new ShadowMirror({
    registry: { resolve: (model, version) => ({ model, version: version as string, loaded }) },
    journal,
    observers: [{ mirrored: (model, version, outcome) => told.push(`${model} ${version} ${outcome}`) }],
    createId: () => 'shadow-1',
    now: () => new Date(1_000),
    elapsedMs: () => 0,
    onError: (error) => errors.push(error),
    ...more,
  });
  return { mirror, engine, loaded, journal, told, errors };
}

describe('ShadowMirror', () => {
  it('records what the other version makes of the same input', async () => {
    const { mirror, journal, told } = await setUp();
    mirror.send(send);
    await mirror.stop();
    expect(journal.appended).toMatchObject([
      {
        durability: 'process',
        event: {
          type: 'shadow',
          id: 'shadow-1',
          predictionId: 'p',
          experiment: 'e',
          variant: 'next',
          version: '2',
          outcome: { status: 'succeeded', answer: { label: 'yes', confidence: 0.75 } },
        },
      },
    ]);
    expect(told).toEqual(['digits 2 success']);
  });

  it('asks at the lowest priority, with a deadline', async () => {
    const { loaded } = await setUp();
    const slow = new SlowVersion(loaded);
    const { mirror } = await setUp({
      registry: { resolve: (model, version) => ({ model, version: version as string, loaded: slow as unknown as LoadedVersion }) },
    });
    mirror.send(send);
    slow.waiting[0]?.();
    await mirror.stop();
    expect(slow.requests).toEqual([{ priority: 'shadow', deadlineAtMs: 10_000 }]);
  });

  it('tells a failure of the version from a lack of time, which says nothing about it', async () => {
    const { mirror, engine, journal, told } = await setUp();
    engine.inferFailures.set('2', new AppError('INVALID_INPUT', 'not for me'));
    mirror.send(send);
    await mirror.stop();
    expect(journal.events).toMatchObject([{ outcome: { status: 'failed', code: 'INVALID_INPUT', message: 'not for me' } }]);
    expect(told).toEqual(['digits 2 error']);
    for (const code of ['OVERLOADED', 'DEADLINE_EXCEEDED', 'MODEL_NOT_READY'] as const) {
      const busy = await setUp();
      busy.engine.inferFailures.set('2', new AppError(code, 'later'));
      busy.mirror.send(send);
      await busy.mirror.stop();
      expect([busy.journal.events, busy.told]).toEqual([[], ['digits 2 shed']]);
    }
    const broken = await setUp();
    broken.engine.inferFailures.set('2', new Error('a secret path'));
    broken.mirror.send(send);
    await broken.mirror.stop();
    expect(broken.journal.events).toMatchObject([
      { outcome: { status: 'failed', code: 'INTERNAL_SERVER_ERROR', message: 'Internal error' } },
    ]);
  });

  it('leaves out what does not fit, in number and in bytes, and says so', async () => {
    const { loaded } = await setUp();
    const slow = new SlowVersion(loaded);
    const registry: ShadowMirrorOptions['registry'] = {
      resolve: (model, version) => ({ model, version: version as string, loaded: slow as unknown as LoadedVersion }),
    };
    const { mirror, journal, told } = await setUp({ registry, maxUnderWay: 2 });
    for (let row = 0; row < 5; row++) mirror.send(send);
    expect(told).toEqual(['digits 2 shed', 'digits 2 shed', 'digits 2 shed']);
    for (const go of slow.waiting) go();
    await mirror.stop();
    expect(journal.events).toHaveLength(2);
    const pictures = await setUp({ registry, maxBytesUnderWay: 10 });
    pictures.mirror.send({ ...send, input: { kind: 'image', bytes: new Uint8Array(11) } });
    expect(pictures.told).toEqual(['digits 2 shed']);
  });

  it('takes nothing after its end, nor while the journal is full', async () => {
    const { mirror, journal, told } = await setUp();
    await mirror.stop();
    mirror.send(send);
    const full = await setUp();
    full.journal.hasRoom = false;
    full.mirror.send(send);
    await full.mirror.stop();
    expect([journal.events, told, full.journal.events, full.told]).toEqual([[], ['digits 2 shed'], [], ['digits 2 shed']]);
  });

  it('tells when it cannot record', async () => {
    const { mirror, journal, errors } = await setUp();
    journal.failure = new Error('the disk is gone');
    mirror.send(send);
    await mirror.stop();
    expect(errors).toMatchObject([{ message: 'the disk is gone' }]);
  });
});
