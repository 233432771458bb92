import type { Experiment } from '../../src/experiments/experiment';
import type { ExperimentStore } from '../../src/experiments/experiment-store';
import type { ModelLabel } from '../../src/model-registry/model-label-store';
import { anExperiment, anExperimentEvent } from './an-experiment';

interface Subject {
  /** With nothing in it. */
  readonly store: ExperimentStore;
  /** The labels as they are now. */
  labels(): Promise<readonly ModelLabel[]>;
  /** What events do: these units have been in the experiment. */
  expose(experiment: string, unitIds: readonly string[]): Promise<void>;
}

export function describeExperimentStore(name: string, make: () => Subject | Promise<Subject>): void {
  describe(`an experiment store: ${name}`, () => {
    let store: ExperimentStore;
    let labels: Subject['labels'];
    let expose: Subject['expose'];

    beforeEach(async () => {
      ({ store, labels, expose } = await make());
    });

    it('is empty at first', async () => {
      expect(await store.list()).toEqual([]);
      expect(await store.find('unknown')).toBeNull();
      expect(await store.history('unknown')).toEqual([]);
    });

    it.each(['DRAFT', 'RUNNING', 'PAUSED', 'STOPPED'] as const)('gives back what it was given, %s', async (status) => {
      const experiment = anExperiment({ status });
      await store.insert(experiment, anExperimentEvent());
      expect(await store.find(experiment.key)).toEqual(experiment);
      expect(await store.list()).toEqual([experiment]);
    });

    it('gives back how far a rollout has come', async () => {
      const step = { share: 0.05, minDurationMs: 1000, minUnits: 10 };
      const progress = { step: 0, stepStartedAt: new Date('2026-03-02T00:00:00.001Z') };
      const rollout = {
        ...anExperiment({ status: 'PAUSED' }),
        kind: 'ROLLOUT',
        coverage: 0.1,
        rollout: { steps: [step] },
        progress,
      } as Experiment;
      await store.insert(rollout, anExperimentEvent());
      expect(await store.find(rollout.key)).toEqual(rollout);
    });

    it('gives back the phases of a bandit', async () => {
      const phases = [0.5, 0.2].map((weight, index) => {
        return { index, startedAt: new Date(`2026-03-02T0${index}:00:00.001Z`), weights: [weight, 1 - weight] };
      });
      const bandit = { algorithm: 'TOP_TWO', updateEveryMs: 60_000, minWeight: 0.1, minUnitsPerVariant: 30 };
      for (const status of ['RUNNING', 'PAUSED', 'STOPPED'] as const) {
        const one = { ...anExperiment({ key: status, model: status, status }), kind: 'BANDIT', bandit, phases } as Experiment;
        await store.insert(one, anExperimentEvent());
        expect(await store.find(one.key)).toEqual(one);
      }
    });

    it('lists the newest first, those of the same moment by key', async () => {
      const at = (day: number) => new Date(Date.UTC(2026, 2, day));
      const keys = [
        ['b-1', at(2)],
        ['old', at(1)],
        ['b_1', at(2)],
        ['a', at(2)],
        ['new', at(3)],
      ] as const;
      for (const [key, createdAt] of keys) await store.insert(anExperiment({ key, createdAt }), anExperimentEvent());
      expect((await store.list()).map(({ key }) => key)).toEqual(['new', 'a', 'b-1', 'b_1', 'old']);
    });

    it('lists by model and status', async () => {
      await store.insert(anExperiment({ key: 'a', status: 'RUNNING' }), anExperimentEvent());
      await store.insert(anExperiment({ key: 'b' }), anExperimentEvent());
      await store.insert(anExperiment({ key: 'c', model: 'other' }), anExperimentEvent());
      const keys = async (...filter: Parameters<ExperimentStore['list']>) => (await store.list(...filter)).map(({ key }) => key);
      expect(await keys({ model: 'digits' })).toEqual(['a', 'b']);
      expect(await keys({ status: 'DRAFT' })).toEqual(['b', 'c']);
      expect(await keys({ model: 'digits', status: 'DRAFT' })).toEqual(['b']);
    });

    it('refuses a key that exists, and leaves no history of the attempt', async () => {
      const first = anExperiment();
      await store.insert(first, anExperimentEvent());
      const second = store.insert(anExperiment({ name: 'another' }), anExperimentEvent({ actor: 'bob' }));
      await expect(second).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(first.key) });
      expect(await store.find(first.key)).toEqual(first);
      expect(await store.history(first.key)).toEqual([anExperimentEvent()]);
    });

    it('replaces the revision before, and tells the history oldest first', async () => {
      await store.insert(anExperiment(), anExperimentEvent());
      const running = anExperiment({ status: 'RUNNING', revision: 2, name: 'renamed' });
      // The same moment as the first: the order of the writes counts, not the clock.
      await store.update(running, anExperimentEvent({ action: 'STARTED', actor: 'bob' }));
      const stopped = anExperiment({ status: 'STOPPED', revision: 3, name: 'renamed' });
      await store.update(stopped, anExperimentEvent({ action: 'STOPPED', reason: 'enough', detail: 'x' }));
      expect(await store.find(stopped.key)).toEqual(stopped);
      expect(await store.history(stopped.key)).toEqual([
        anExperimentEvent(),
        anExperimentEvent({ action: 'STARTED', actor: 'bob' }),
        anExperimentEvent({ action: 'STOPPED', reason: 'enough', detail: 'x' }),
      ]);
    });

    it.each([1, 3])('refuses a write that is based on another revision (to %i, where 2 would be next)', async (revision) => {
      const original = anExperiment();
      await store.insert(original, anExperimentEvent());
      const label = { model: 'digits', label: 'champion', version: '3' };
      const update = store.update(anExperiment({ revision, name: 'stale' }), anExperimentEvent({ action: 'UPDATED' }), label);
      await expect(update).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await store.find(original.key)).toEqual(original);
      expect(await store.history(original.key)).toEqual([anExperimentEvent()]);
      expect(await labels()).toEqual([]);
    });

    it('lets one of several writers of the same revision through', async () => {
      await store.insert(anExperiment(), anExperimentEvent());
      const write = (name: string) => store.update(anExperiment({ revision: 2, name }), anExperimentEvent({ action: 'UPDATED' }));
      const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(write));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await store.history(anExperiment().key)).toHaveLength(2);
    });

    it.each(['RUNNING', 'PAUSED'] as const)('keeps a model to one experiment: none starts while another is %s', async (status) => {
      await store.insert(anExperiment({ key: 'first', status }), anExperimentEvent());
      await store.insert(anExperiment({ key: 'second' }), anExperimentEvent());
      const start = () => store.update(anExperiment({ key: 'second', status: 'RUNNING', revision: 2 }), anExperimentEvent());
      await expect(start()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('digits') });
      await store.update(anExperiment({ key: 'first', status: 'STOPPED', revision: 2 }), anExperimentEvent());
      await start();
      expect(await store.find('second')).toMatchObject({ status: 'RUNNING' });
    });

    it('lets experiments of one model run side by side in parts of a namespace, and one of several that would overlap', async () => {
      const part = (key: string, start: number, end: number) =>
        anExperiment({ key, status: 'RUNNING', namespaces: [{ id: 'pricing', start, end }] });
      await store.insert(part('left', 0, 0.5), anExperimentEvent());
      await store.insert(part('right', 0.5, 0.75), anExperimentEvent());
      await expect(store.insert(part('middle', 0.4, 0.6), anExperimentEvent())).rejects.toMatchObject({ code: 'CONFLICT' });
      const writes = ['a', 'b', 'c'].map((key) => store.insert(part(key, 0.75, 1), anExperimentEvent()));
      const results = await Promise.allSettled(writes);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await store.list({ status: 'RUNNING' })).toHaveLength(3);
    });

    it('lets one of several start that hold out another share under one key, on whatever model', async () => {
      const [shares, keys] = [
        [0.1, 0.2, 0.3],
        ['a', 'b', 'c'],
      ];
      const one = (key: string, share: number) => anExperiment({ key, model: key, status: 'RUNNING', holdout: { key: 'all', share } });
      const writes = keys.map((key, index) => store.insert(one(key, shares[index] as number), anExperimentEvent()));
      const results = await Promise.allSettled(writes);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const [first] = await store.list({ status: 'RUNNING' });
      await store.insert(one('same', first?.holdout?.share as number), anExperimentEvent());
      expect(await store.list({ status: 'RUNNING' })).toHaveLength(2);
    });

    it('gives back whom a plan lets take part', async () => {
      const namespaces = ['a', 'b'].map((id) => ({ id, start: 0.1, end: 0.3 }));
      const prerequisites = [{ experiment: 'parent', condition: { value: { $in: ['new', null] } } }];
      const experiment = anExperiment({ namespaces, prerequisites, holdout: { key: 'all', share: 0.1 }, hashAttribute: 'company' });
      await store.insert(experiment, anExperimentEvent());
      expect(await store.find(experiment.key)).toEqual(experiment);
    });

    it('tells which units an experiment has seen', async () => {
      await expose('digits-1-vs-3', ['ann', 'ben']);
      await expose('another', ['cleo']);
      expect([...(await store.exposedAmong('digits-1-vs-3', ['ann', 'cleo', 'ben', 'dan']))].sort()).toEqual(['ann', 'ben']);
      expect(await store.exposedAmong('digits-1-vs-3', [])).toEqual([]);
    });

    it('lets experiments of different models run side by side', async () => {
      await store.insert(anExperiment({ key: 'a', model: 'a', status: 'RUNNING' }), anExperimentEvent());
      await store.insert(anExperiment({ key: 'b', model: 'b', status: 'RUNNING' }), anExperimentEvent());
      expect(await store.list({ status: 'RUNNING' })).toHaveLength(2);
    });

    it('moves a label together with the experiment', async () => {
      await store.insert(anExperiment({ status: 'RUNNING' }), anExperimentEvent());
      const label = { model: 'digits', label: 'champion', version: '3' };
      await store.update(anExperiment({ status: 'STOPPED', revision: 2 }), anExperimentEvent({ action: 'SHIPPED', detail: 'cnn' }), label);
      expect(await labels()).toEqual([label]);
      await store.update(anExperiment({ status: 'STOPPED', revision: 3 }), anExperimentEvent(), { ...label, version: '4' });
      expect(await labels()).toEqual([{ ...label, version: '4' }]);
    });
  });
}
