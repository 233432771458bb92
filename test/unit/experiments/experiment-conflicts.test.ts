import { type Experiment, type ExperimentEvent, noCuped } from '../../../src/experiments/experiment';
import { ExperimentService } from '../../../src/experiments/experiment-service';
import type { FormError } from '../../../src/experiments/form-error';
import { builtInMetrics } from '../../../src/experiments/metric';
import type { ModelLabel } from '../../../src/model-registry/model-label-store';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';
import { FakeLogger } from '../../fakes/fake-logger';

const key = 'digits-1-vs-3';
const now = new Date('2026-11-23T12:00:00Z');

/** Lets others write just before each of our writes. */
class BusyStore extends FakeExperimentStore {
  readonly others: (() => Promise<void>)[] = [];

  override async update(experiment: Experiment, event: ExperimentEvent, label?: ModelLabel): Promise<void> {
    await this.others.shift()?.();
    return super.update(experiment, event, label);
  }

  async overtake(change: (present: Experiment) => Experiment): Promise<void> {
    const present = (await this.find(key)) as Experiment;
    await super.update({ ...change(present), revision: present.revision + 1 }, anExperimentEvent({ action: 'UPDATED', actor: 'eve' }));
  }
}

async function setUp(status: Experiment['status'] = 'DRAFT', states: Readonly<Record<string, string>> = { '1': 'READY', '3': 'READY' }) {
  const store = new BusyStore();
  const logger = new FakeLogger();
  let onChange = async () => {};
  const service = new ExperimentService({
    store,
    catalog: {
      versions: () => Object.entries(states).map(([version, state]) => ({ version, state })),
      championOf: () => '1',
      classLabels: () => null,
    },
    metrics: { list: async () => builtInMetrics },
    now: () => now,
    logger,
    onChange: () => onChange(),
  });
  await store.insert(anExperiment({ status, seed: 's' }), anExperimentEvent());
  const failRefresh = () => {
    onChange = () => Promise.reject(new Error('away'));
  };
  return { store, service, logger, failRefresh };
}

describe('when somebody else is faster', () => {
  it('a change that still makes sense is written over what they left', async () => {
    const { store, service } = await setUp();
    store.others.push(() => store.overtake((present) => ({ ...present, hypothesis: 'theirs' })));
    expect(await service.update(key, { name: 'ours' }, 'ann')).toMatchObject({ name: 'ours', hypothesis: 'theirs', revision: 3 });
    store.others.push(() => store.overtake((present) => ({ ...present, hypothesis: 'later' })));
    expect(await service.start(key, 'ann')).toMatchObject({ status: 'RUNNING', hypothesis: 'later', revision: 5 });
  });

  it('their change of the same field is not lost', async () => {
    const { store, service } = await setUp();
    store.others.push(() => store.overtake((present) => ({ ...present, name: 'theirs' })));
    await expect(service.update(key, { name: 'ours' }, 'ann')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/Somebody else changed.*look at name again/),
    });
    expect(await store.find(key)).toMatchObject({ name: 'theirs' });
  });

  it('a change that is impossible by now is a conflict that says why', async () => {
    const { store, service } = await setUp('RUNNING');
    store.others.push(async () => {
      await service.stop(key, null, 'eve');
    });
    await expect(service.pause(key, null, 'ann')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('is STOPPED and cannot be paused; it can be shipped.'),
    });
    expect((await service.history(key)).map(({ action }) => action)).toEqual(['CREATED', 'STOPPED']);
  });

  it('nobody tries more than twice', async () => {
    const { store, service } = await setUp();
    const rename = () => store.overtake((present) => ({ ...present, hypothesis: `${present.revision}` }));
    store.others.push(rename, rename);
    const failure = (await service.update(key, { name: 'ours' }, 'ann').catch((error: unknown) => error)) as FormError;
    expect(failure.problems).toMatchObject([{ code: 'CONFLICT', field: ['key'] }]);
    expect(await store.find(key)).toMatchObject({ name: anExperiment().name, revision: 3 });
  });

  it('the other experiment that started on the model is named', async () => {
    const { store, service } = await setUp();
    store.others.push(() => store.insert(anExperiment({ key: 'faster', status: 'RUNNING' }), anExperimentEvent()));
    await expect(service.start(key, 'ann')).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('"faster"') });
  });

  it('one of several ships', async () => {
    const { store, service } = await setUp('RUNNING');
    const results = await Promise.allSettled(['control', 'cnn', 'cnn'].map((variant) => service.ship(key, variant, null, 'ann')));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(store.labels).toHaveLength(1);
  });
});

describe('what is refused', () => {
  it('tells what can be done instead', async () => {
    const { service } = await setUp();
    await expect(service.pause(key, null, 'ann')).rejects.toMatchObject({
      message: `Experiment "${key}" is DRAFT and cannot be paused; it can be started.`,
    });
    await service.start(key, 'ann');
    await service.ship(key, 'cnn', null, 'ann');
    await expect(service.start(key, 'ann')).rejects.toMatchObject({
      message: `Experiment "${key}" is STOPPED and has shipped variant "cnn"; nothing more can be done with it.`,
    });
  });

  it.each([
    ['an unknown variant', 'nobody', null, ['BAD_USER_INPUT', 'variant']],
    ['an endless reason', 'cnn', 'r'.repeat(501), ['BAD_USER_INPUT', 'reason']],
  ])('shipping: %s', async (_, variant, reason, [code, field]) => {
    const { service } = await setUp('RUNNING');
    const failure = (await service.ship(key, variant, reason, 'ann').catch((error: unknown) => error)) as FormError;
    expect(failure.problems).toMatchObject([{ code, field: [field] }]);
  });

  it('shipping a version that cannot serve, which would leave the model without an answer', async () => {
    const { store, service } = await setUp('RUNNING', { '1': 'READY', '3': 'FAILED' });
    const failure = (await service.ship(key, 'cnn', null, 'ann').catch((error: unknown) => error)) as FormError;
    expect(failure.problems).toMatchObject([{ code: 'MODEL_NOT_READY', field: ['variant'] }]);
    expect([store.labels, (await store.find(key))?.status]).toEqual([[], 'RUNNING']);
  });

  it('starting without coverage', async () => {
    const { service } = await setUp();
    await service.update(key, { coverage: 0 }, 'ann');
    await expect(service.start(key, 'ann')).rejects.toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining('coverage') });
  });
});

describe('a change', () => {
  it('of one part of the analysis leaves the other as it was', async () => {
    const { service } = await setUp();
    await service.update(key, { analysis: { alpha: 0.01 } }, 'ann');
    const { analysis } = await service.update(key, { analysis: { minimumDetectableEffect: 0.02 } }, 'ann');
    expect(analysis).toEqual({
      ...noCuped,
      method: 'ALWAYS_VALID',
      alpha: 0.01,
      minimumDetectableEffect: 0.02,
      nonInferiorityMargin: null,
    });
  });

  it('of nothing writes nothing', async () => {
    const { service } = await setUp();
    expect(await service.update(key, {}, 'ann')).toMatchObject({ revision: 1 });
    expect(await service.history(key)).toHaveLength(1);
  });

  it('of the name is possible while a version of the plan is gone', async () => {
    const { service } = await setUp('RUNNING', { '1': 'READY' });
    expect(await service.update(key, { name: 'new' }, 'ann')).toMatchObject({ name: 'new', status: 'RUNNING' });
    await expect(service.update(key, { name: ' ' }, 'ann')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('keeps its times: a pause is no new start', async () => {
    const { service } = await setUp('RUNNING');
    const startedAt = new Date('2026-03-02T00:00:00.001Z');
    expect(await service.pause(key, 'lunch', 'ann')).toMatchObject({ startedAt, pausedAt: now });
    const resumed = await service.resume(key, 'ann');
    expect(resumed).toMatchObject({ status: 'RUNNING', startedAt });
    expect(resumed).not.toHaveProperty('pausedAt');
  });

  it('that is written is not called a failure because the refresh after it failed', async () => {
    const { service, logger, failRefresh } = await setUp();
    failRefresh();
    expect(await service.start(key, 'ann')).toMatchObject({ status: 'RUNNING' });
    expect(logger.lines).toContainEqual(expect.objectContaining({ level: 'warn', event: 'experiment_refresh_failed' }));
  });
});
