import { ExperimentService } from '../../../src/experiments/experiment-service';
import { FormError } from '../../../src/experiments/form-error';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import type { CreateExperiment } from '../../../src/experiments/validate-plan';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';
import { FakeLogger } from '../../fakes/fake-logger';

const [accuracy] = builtInMetrics as readonly [Metric];
const revenue: Metric = { ...accuracy, key: 'revenue', kind: 'mean', isBuiltIn: false };

function setUp() {
  const store = new FakeExperimentStore();
  const service = new ExperimentService({
    store,
    catalog: {
      versions: () => ['1', '2'].map((version) => ({ version, state: 'READY' })),
      championOf: () => '1',
      classLabels: () => null,
    },
    metrics: { list: async () => [...builtInMetrics, revenue] },
    now: () => new Date('2026-11-23T12:00:00Z'),
    logger: new FakeLogger(),
    onChange: async () => {},
  });
  const create = (key: string, more: Partial<CreateExperiment> = {}) =>
    service.create(
      {
        key,
        // One model each, so that they may run together.
        model: `model-of-${key}`,
        variants: [
          { key: 'old', version: '1' },
          { key: 'new', version: '2' },
        ],
        primaryMetric: 'accuracy',
        ...more,
      },
      'ann',
    );
  return { service, store, create };
}

const needs = (experiment: string, condition: CreateExperiment['targeting'] & object = { value: 'new' }) => ({
  prerequisites: [{ experiment, condition }],
});

async function sentencesOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return '';
  } catch (error) {
    if (error instanceof FormError) return error.problems.map(({ message, field }) => `${field.join('.')}: ${message}`).join(' ');
    throw error;
  }
}

describe('what a plan asks of other experiments', () => {
  it.each([
    [
      'a variant that is not there',
      { value: 'neu' },
      'prerequisites.0.condition: Experiment "parent" has no variant "neu". Variants: old, new.',
    ],
    ['nothing', {}, 'prerequisites.0.condition: A prerequisite needs a condition, for example { "value": "new" }.'],
    [
      'something else',
      { variant: 'new' },
      'prerequisites.0.condition: A prerequisite is about "value" (the variant) or "inExperiment", not about "variant".',
    ],
    [
      'in words nobody knows',
      { value: { $like: 'n' } },
      'prerequisites.0.condition: Prerequisite: "value" uses the unknown operator "$like".',
    ],
    ['the variant', { value: 'new' }, ''],
    ['one of several', { value: { $in: ['new', 'old'] } }, ''],
    ['no variant', { value: null }, ''],
    ['any variant', { inExperiment: true }, ''],
  ])('may be, or not: %s', async (_, condition, sentence) => {
    const { create } = setUp();
    await create('parent');
    expect(await sentencesOf(create('child', needs('parent', condition)))).toBe(sentence);
  });

  it('cannot be the same twice, nor be decided by the same hash', async () => {
    const { create } = setUp();
    await create('parent');
    const { prerequisites } = needs('parent');
    expect(await sentencesOf(create('child', { prerequisites: [...prerequisites, ...prerequisites] }))).toMatch(
      /Two prerequisites are about experiment "parent"/,
    );
    expect(await sentencesOf(create('child', { prerequisites, seed: 'parent' }))).toMatch(/has the seed "parent", too/);
    expect(await sentencesOf(create('child', { prerequisites, seed: 'parent', hashVersion: 3 }))).toBe('');
  });

  it('cannot go round in a circle, however long', async () => {
    const { create, service } = setUp();
    for (const [key, more] of [
      ['a', {}],
      ['b', needs('a')],
      ['c', needs('b')],
    ] as const)
      await create(key, more);
    expect(await sentencesOf(service.update('a', needs('c'), 'ann'))).toBe(
      'prerequisites.0.experiment: Prerequisites go round in a circle: a needs c needs b needs a.',
    );
    expect(await service.find('a')).toMatchObject({ prerequisites: [], revision: 1 });
    expect(await sentencesOf(service.update('c', needs('a'), 'ann'))).toBe('');
  });

  it('is looked at again when a draft is changed otherwise', async () => {
    const { create, service } = setUp();
    await create('parent');
    await create('child', needs('parent'));
    expect(await sentencesOf(service.update('child', { name: 'n' }, 'ann'))).toBe('');
    expect(await sentencesOf(service.update('child', { seed: 'parent' }, 'ann'))).toMatch(/has the seed "parent", too/);
  });
});

describe('the life of a child', () => {
  it('begins while its parent runs', async () => {
    const { create, service } = setUp();
    await create('parent');
    await create('child', needs('parent'));
    const start = () => sentencesOf(service.start('child', 'ann'));
    expect(await start()).toBe('key: Experiment "child" needs "parent", which is DRAFT, so nobody would take part: start that first.');
    await service.start('parent', 'ann');
    await service.pause('parent', null, 'ann');
    expect(await start()).toMatch(/which is PAUSED, so nobody would take part: resume that first/);
    expect(await service.find('child')).toMatchObject({ status: 'DRAFT', revision: 1 });
    expect(await service.history('child')).toHaveLength(1);
    await service.resume('parent', 'ann');
    expect(await start()).toBe('');
  });

  it('goes on, with nobody in it, when its parent pauses or ends, and is not resumed without it', async () => {
    const { create, service } = setUp();
    await create('parent');
    await create('child', needs('parent'));
    for (const key of ['parent', 'child']) await service.start(key, 'ann');
    await service.pause('parent', null, 'ann');
    expect(await service.find('child')).toMatchObject({ status: 'RUNNING', revision: 2 });
    await service.pause('child', null, 'ann');
    expect(await sentencesOf(service.resume('child', 'ann'))).toMatch(/which is PAUSED.*resume that first/);
    await service.stop('parent', null, 'ann');
    expect(await sentencesOf(service.resume('child', 'ann'))).toMatch(/which is STOPPED.*write an experiment without it/);
    expect(await service.stop('child', null, 'ann')).toMatchObject({ status: 'STOPPED' });
  });

  it('does not begin when the parent, still a draft, has lost the variant meanwhile', async () => {
    const { create, service } = setUp();
    await create('parent');
    await create('child', needs('parent'));
    const variants = [
      { key: 'old', version: '1' },
      { key: 'newer', version: '2' },
    ];
    await service.update('parent', { variants }, 'ann');
    await service.start('parent', 'ann');
    expect(await sentencesOf(service.start('child', 'ann'))).toMatch(/"parent" has no variant "new"/);
    expect(await service.find('child')).toMatchObject({ status: 'DRAFT' });
  });
});

describe('experiments with one holdout', () => {
  it('start only with the same share of the same units, on whatever model', async () => {
    const { create, service } = setUp();
    const holdout = { key: 'all', share: 0.1 };
    await create('a', { holdout });
    await create('same', { holdout });
    await create('more', { holdout: { key: 'all', share: 0.2 } });
    await create('companies', { holdout, hashAttribute: 'company' });
    await create('another', { holdout: { key: 'another', share: 0.2 } });
    await service.start('a', 'ann');
    expect(await sentencesOf(service.start('more', 'ann'))).toBe(
      'key: Experiment "a" is RUNNING and holds out 0.1 of the units, told apart by the unitId, under "all"; this one 0.2 of the units, told apart by the unitId. Name the same share and attribute, or another holdout.',
    );
    expect(await sentencesOf(service.start('companies', 'ann'))).toMatch(/this one 0.1 of the units, told apart by "company"/);
    for (const key of ['same', 'another']) expect(await service.start(key, 'ann')).toMatchObject({ status: 'RUNNING' });
    await service.stop('a', null, 'ann');
    await service.stop('same', null, 'ann');
    expect(await service.start('more', 'ann')).toMatchObject({ status: 'RUNNING' });
  });
});

describe('an experiment that tells units apart by an attribute', () => {
  it('measures nothing that is sent by unitId', async () => {
    const { create, store } = setUp();
    const measures = { primaryMetric: 'revenue', secondaryMetrics: ['accuracy', 'nothing'], guardrails: [{ metric: 'revenue' }] };
    const sentences = await sentencesOf(create('x', { hashAttribute: 'company', ...measures }));
    expect(sentences).toContain(
      'primaryMetric: Outcomes of "revenue" are sent by unitId, and units told apart by "company" have none: use metrics that predictions measure themselves, or send company as the unitId.',
    );
    expect(sentences).toContain('guardrails.0.metric: Outcomes of "revenue"');
    expect(await store.list()).toEqual([]);
    expect(await create('x', { hashAttribute: 'company', secondaryMetrics: ['latency_ms'] })).toMatchObject({ hashAttribute: 'company' });
  });
});
