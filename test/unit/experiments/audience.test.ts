import fc from 'fast-check';
import { hashFraction } from '../../../src/assignment/hash';
import { holdoutFilter } from '../../../src/assignment/holdout';
import type { Experiment, ExperimentPlan } from '../../../src/experiments/experiment';
import { ExperimentRouter } from '../../../src/experiments/experiment-router';
import { independenceTest } from '../../../src/statistics/independence-test';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';

type Status = Experiment['status'];
const champion = '9';
const units = Array.from({ length: 4000 }, (_, index) => `user-${index}`);

function one(key: string, more: Partial<ExperimentPlan> & { readonly status?: Status } = {}): Experiment {
  return anExperiment({ key, seed: key, status: 'RUNNING', coverage: 1, targeting: null, ...more });
}

async function routerOf(...experiments: readonly Experiment[]) {
  const store = new FakeExperimentStore();
  for (const experiment of experiments) await store.insert(experiment, anExperimentEvent());
  const router = new ExperimentRouter(store);
  await router.refresh();
  const decisions = (model: string, unit: string | null, attributes = {}) => router.route(model, unit, attributes, champion).assignments;
  const decision = (experiment: Experiment, unit: string | null, attributes = {}) => {
    const found = decisions(experiment.model, unit, attributes).find((each) => each.experiment === experiment.key);
    if (!found) throw new Error(`Nothing is decided by ${experiment.key}.`);
    return found;
  };
  return { store, router, decisions, decision };
}

/** How many units are in each pair of answers. */
function tableOf(rows: readonly string[], columns: readonly string[], pairs: readonly (readonly [string, string])[]): number[][] {
  return rows.map((row) => columns.map((column) => pairs.filter(([a, b]) => a === row && b === column).length));
}

const seed = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' });
const unitIds = fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 30 });

describe('a holdout', () => {
  it('keeps its units out of every experiment that names it, on any model, and tells why', async () => {
    await fc.assert(
      fc.asyncProperty(seed, seed, fc.double({ min: 0.01, max: 0.99, noNaN: true }), unitIds, async (key, own, share, ids) => {
        const holdout = { key, share };
        const [here, there] = [one('here', { seed: own, holdout }), one('there', { model: 'other', holdout })];
        const { decision } = await routerOf(here, there);
        for (const id of ids) {
          const isHeldOut = hashFraction(holdoutFilter(holdout).seed, id) < share;
          for (const experiment of [here, there]) {
            const { inExperiment, reason, version } = decision(experiment, id);
            expect([inExperiment, reason === 'IN_HOLDOUT']).toEqual([!isHeldOut, isHeldOut]);
            if (isHeldOut) expect(version).toBe(champion);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets none of its units go when it grows', async () => {
    const reasons = async (share: number) => {
      const experiment = one('x', { holdout: { key: 'all', share } });
      const { decision } = await routerOf(experiment);
      return units.map((unit) => decision(experiment, unit).reason);
    };
    const [few, many] = [await reasons(0.05), await reasons(0.2)];
    expect(few.every((reason, index) => reason !== 'IN_HOLDOUT' || many[index] === 'IN_HOLDOUT')).toBe(true);
    expect(few.filter((reason) => reason === 'IN_HOLDOUT').length / units.length).toBeCloseTo(0.05, 1);
  });

  it('takes the same share of every variant: it is independent of the draw', async () => {
    const holdout = { key: 'all', share: 0.3 };
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const [held, free] = [one('x', { seed: name, holdout }), one('x', { seed: name })];
      const [withIt, without] = [await routerOf(held), await routerOf(free)];
      const pairs = units.map((unit) => [withIt.decision(held, unit).reason, without.decision(free, unit).variant as string] as const);
      const table = tableOf(['IN_HOLDOUT', 'ASSIGNED'], ['control', 'cnn'], pairs);
      expect(table.flat().every((count) => count > 400)).toBe(true);
      expect(independenceTest(table).pValue).toBeGreaterThan(0.001);
    }
  });

  it('leaves a tester the variant that was named', async () => {
    const experiment = one('x', { holdout: { key: 'all', share: 0.99 }, forced: { tester: 'cnn' } });
    const { decision } = await routerOf(experiment);
    expect(decision(experiment, 'tester')).toMatchObject({ variant: 'cnn', reason: 'FORCED', inExperiment: false });
  });
});

describe('a prerequisite', () => {
  const child = (condition: ExperimentPlan['prerequisites'][number]['condition'], more: Partial<ExperimentPlan> = {}) =>
    one('child', { model: 'other', prerequisites: [{ experiment: 'parent', condition }], ...more });

  it('lets exactly the units take part of which the parent has decided so', async () => {
    const condition = fc.constantFrom({ value: 'cnn' }, { value: null }, { inExperiment: true }, { value: { $in: ['control', null] } });
    await fc.assert(
      fc.asyncProperty(seed, fc.double({ min: 0.1, max: 1, noNaN: true }), condition, unitIds, async (own, coverage, asked, ids) => {
        const parent = one('parent', { seed: own, coverage });
        const needing = child(asked);
        const { decision } = await routerOf(parent, needing);
        for (const id of ids) {
          const { variant } = decision(parent, id);
          const isMet =
            'inExperiment' in asked
              ? variant !== null
              : Array.isArray((asked.value as { $in?: unknown })?.$in)
                ? variant === 'control' || variant === null
                : variant === asked.value;
          expect(decision(needing, id).reason).toBe(isMet ? 'ASSIGNED' : 'PREREQUISITE_NOT_MET');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says nothing about the variant: the two draws are independent', async () => {
    const [parent, needing] = [one('parent'), child({ inExperiment: true })];
    const { decision } = await routerOf(parent, needing);
    const pairs = units.map((unit) => [decision(parent, unit).variant as string, decision(needing, unit).variant as string] as const);
    expect(independenceTest(tableOf(['control', 'cnn'], ['control', 'cnn'], pairs)).pValue).toBeGreaterThan(0.001);
  });

  it.each([{ value: 'cnn' }, { value: null }, { inExperiment: false }])(
    '%j of a parent that does not run lets nobody in',
    async (asked) => {
      const needing = child(asked);
      for (const status of ['DRAFT', 'PAUSED', 'STOPPED'] as const) {
        const { decision } = await routerOf(one('parent', { status }), needing);
        expect(new Set(units.map((unit) => decision(needing, unit).reason))).toEqual(new Set(['PREREQUISITE_NOT_MET']));
      }
    },
  );

  it('is asked down a chain, and from two sides', async () => {
    const top = one('top', { model: 'a', targeting: { country: 'DE' } });
    const need = (experiment: string) => ({ experiment, condition: { inExperiment: true } });
    const left = one('left', { model: 'b', coverage: 0.7, prerequisites: [need('top')] });
    const right = one('right', { model: 'c', coverage: 0.7, prerequisites: [need('top')] });
    const bottom = one('bottom', { model: 'd', prerequisites: [need('left'), need('right')] });
    const { decision } = await routerOf(bottom, left, right, top);
    const inside = units.filter((unit) => decision(bottom, unit, { country: 'DE' }).inExperiment);
    const both = units.filter((unit) => [left, right].every((experiment) => decision(experiment, unit, { country: 'DE' }).inExperiment));
    expect(inside).toEqual(both);
    expect(inside.length / units.length).toBeCloseTo(0.49, 1);
    expect(units.some((unit) => decision(bottom, unit, { country: 'FR' }).inExperiment)).toBe(false);
  });
});

describe('parts of several namespaces', () => {
  it('are all asked for, and independent of each other', async () => {
    const both = one('both', {
      namespaces: [
        { id: 'a', start: 0, end: 0.5 },
        { id: 'b', start: 0.2, end: 0.7 },
      ],
    });
    const [first, second] = both.namespaces.map((namespace, index) =>
      one(`only-${index}`, { model: `m${index}`, namespaces: [namespace] }),
    );
    const { decision } = await routerOf(both, first as Experiment, second as Experiment);
    const isIn = (experiment: Experiment | undefined, unit: string) => decision(experiment as Experiment, unit).inExperiment;
    for (const unit of units) expect(isIn(both, unit)).toBe(isIn(first, unit) && isIn(second, unit));
    expect(units.filter((unit) => isIn(both, unit)).length / units.length).toBeCloseTo(0.25, 1);
  });

  it('keep four experiments on one model apart, and each says why it did not take a unit', async () => {
    const part = (id: string, start: number, end: number) => ({ id, start, end });
    const four = [
      one('a', { namespaces: [part('x', 0, 0.5), part('y', 0, 0.5)] }),
      one('b', { namespaces: [part('x', 0.5, 1)], targeting: { country: 'DE' } }),
      one('c', { namespaces: [part('y', 0.5, 1), part('x', 0, 0.5)], holdout: { key: 'all', share: 0.3 } }),
    ];
    const paused = one('d', { namespaces: [part('x', 0.2, 0.4), part('z', 0, 1)], status: 'DRAFT' });
    const { decisions } = await routerOf(...four, paused);
    const reasons = new Map(four.map(({ key }) => [key, new Set<string>()]));
    for (const [index, unit] of units.entries()) {
      const all = decisions('digits', unit, { country: index % 2 ? 'DE' : 'FR' });
      expect(all.map(({ experiment }) => experiment)).toEqual(['a', 'b', 'c']);
      expect(all.filter(({ variant }) => variant !== null).length).toBeLessThanOrEqual(1);
      for (const { experiment, reason } of all) reasons.get(experiment)?.add(reason);
    }
    expect(Object.fromEntries([...reasons].map(([key, seen]) => [key, [...seen].sort()]))).toEqual({
      a: ['ASSIGNED', 'NOT_IN_NAMESPACE'],
      b: ['ASSIGNED', 'NOT_IN_NAMESPACE', 'NOT_TARGETED'],
      c: ['ASSIGNED', 'IN_HOLDOUT', 'NOT_IN_NAMESPACE'],
    });
  });
});

describe('a hash attribute', () => {
  const experiment = one('companies', { hashAttribute: 'company', holdout: { key: 'all', share: 0.2 } });

  it('draws, and names, the value in place of the unitId', async () => {
    const { decision } = await routerOf(experiment);
    for (let company = 1; company < 300; company++) {
      const [ann, ben, nobody] = ['ann', 'ben', null].map((unit) => decision(experiment, unit, { company }));
      expect(ben).toEqual(ann);
      expect(nobody).toEqual(ann);
      if (ann?.inExperiment) expect(ann.unit).toBe(String(company));
      else expect(ann).toMatchObject({ reason: 'IN_HOLDOUT', variant: null });
    }
  });

  it.each([[{}], [{ company: null }], [{ company: ['acme'] }], [{ company: '' }], [{ company: 'c'.repeat(513) }]])(
    'takes nobody without one: %j',
    async (attributes) => {
      const { decision } = await routerOf({ ...experiment, holdout: null });
      expect(decision(experiment, 'ann', attributes)).toMatchObject({ variant: null, reason: 'NO_UNIT', version: champion });
    },
  );

  it('is left out of decisions by the unitId', async () => {
    const plain = one('plain');
    const { decision } = await routerOf(plain);
    expect(decision(plain, 'ann', { company: 'acme' })).not.toHaveProperty('unit');
  });
});
