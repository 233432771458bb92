import { ExperimentService } from '../../../src/experiments/experiment-service';
import { FormError } from '../../../src/experiments/form-error';
import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import type { CreateExperiment } from '../../../src/experiments/validate-plan';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeMetricStore } from '../../fakes/fake-metric-store';

function setUp(states: Record<string, string> = { '1': 'READY', '2': 'READY', '3': 'READY' }) {
  const store = new FakeExperimentStore();
  let changes = 0;
  const service = new ExperimentService({
    store,
    catalog: {
      versions: (model) =>
        model === 'digits' || model === 'other' ? Object.entries(states).map(([version, state]) => ({ version, state })) : null,
      championOf: () => '1',
      classLabels: () => null,
    },
    metrics: new MetricCatalog(new FakeMetricStore()),
    now: () => new Date('2026-11-23T12:00:00Z'),
    logger: new FakeLogger(),
    onChange: async () => {
      changes++;
    },
  });
  return { service, store, changes: () => changes };
}

function anInput(more: Partial<CreateExperiment> = {}): CreateExperiment {
  return {
    key: 'one-or-three',
    model: 'digits',
    variants: [
      { key: 'linear', version: '1' },
      { key: 'cnn', version: '3' },
    ],
    primaryMetric: 'accuracy',
    ...more,
  };
}

async function problemsOf(work: Promise<unknown>) {
  try {
    await work;
    return [];
  } catch (error) {
    if (error instanceof FormError) return error.problems.map((problem) => [problem.code, problem.field.join('.')]);
    throw error;
  }
}

describe('a shadow', () => {
  it('lets the control answer all', async () => {
    const { service } = setUp();
    const { variants } = await service.create(anInput({ kind: 'SHADOW', secondaryMetrics: ['agreement'] }), 'ann');
    expect(variants.map(({ weight }) => weight)).toEqual([1, 0]);
    const renamed = await service.update('one-or-three', { name: 'Beside', secondaryMetrics: ['latency_ms'] }, 'ann');
    expect([renamed.name, renamed.variants]).toEqual(['Beside', variants]);
  });

  it('takes neither weights nor forced units nor metrics of what users do, and nothing else takes agreement', async () => {
    const { service } = setUp();
    const weighted = anInput().variants.map((variant) => ({ ...variant, weight: 0.5 }));
    const wrong = anInput({ kind: 'SHADOW', variants: weighted, forced: { ann: 'cnn' }, primaryMetric: 'accuracy' });
    expect(await problemsOf(service.create(wrong, 'ann'))).toEqual([
      ['BAD_USER_INPUT', 'variants'],
      ['BAD_USER_INPUT', 'forcedVariants'],
    ]);
    expect(await problemsOf(service.create(anInput({ secondaryMetrics: ['agreement'] }), 'ann'))).toEqual([
      ['BAD_USER_INPUT', 'secondaryMetrics.0'],
    ]);
  });

  it('starts only with the champion as its control', async () => {
    const { service } = setUp();
    await service.create(
      anInput({
        kind: 'SHADOW',
        variants: [
          { key: 'a', version: '2' },
          { key: 'b', version: '3' },
        ],
      }),
      'ann',
    );
    expect(await problemsOf(service.start('one-or-three', 'ann'))).toEqual([['INVALID_STATE', 'key']]);
  });
});

describe('creating an experiment', () => {
  it('completes what was left open', async () => {
    const { service } = setUp();
    expect(await service.create(anInput(), 'ann')).toMatchObject({
      name: 'one-or-three',
      seed: 'one-or-three',
      coverage: 1,
      status: 'DRAFT',
      variants: [
        { key: 'linear', weight: 0.5, isControl: true },
        { key: 'cnn', weight: 0.5, isControl: false },
      ],
      analysis: { alpha: 0.05, minimumDetectableEffect: null },
    });
    expect(await service.history('one-or-three')).toMatchObject([{ actor: 'ann', action: 'CREATED' }]);
  });

  const [a, b] = [
    { key: 'a', version: '1' },
    { key: 'b', version: '2' },
  ];
  it.each<[string, Partial<CreateExperiment>, [string, string][]]>([
    ['a key with blanks', { key: 'one or three' }, [['BAD_USER_INPUT', 'key']]],
    ['no such model', { model: 'cats' }, [['MODEL_NOT_FOUND', 'model']]],
    ['a label instead of a version', { variants: [a, { key: 'b', version: 'champion' }] }, [['VERSION_NOT_FOUND', 'variants.1.version']]],
    ['one variant', { variants: [a] }, [['BAD_USER_INPUT', 'variants']]],
    ['two variants of one key', { variants: [a, { ...b, key: 'a' }] }, [['BAD_USER_INPUT', 'variants.1.key']]],
    [
      'two controls',
      {
        variants: [
          { ...a, control: true },
          { ...b, control: true },
        ],
      },
      [['BAD_USER_INPUT', 'variants']],
    ],
    [
      'weights that do not sum to 1',
      {
        variants: [
          { ...a, weight: 0.5 },
          { ...b, weight: 0.6 },
        ],
      },
      [['BAD_USER_INPUT', 'variants']],
    ],
    [
      'a weight below 0',
      {
        variants: [
          { ...a, weight: 1.5 },
          { ...b, weight: -0.5 },
        ],
      },
      [['BAD_USER_INPUT', 'variants.1.weight']],
    ],
    // Refused for their length alone, whatever else is wrong with each entry.
    ['too many variants', { variants: Array(20_000).fill({ key: 'no key', version: '9' }) }, [['BAD_USER_INPUT', 'variants']]],
    ['too many metrics', { secondaryMetrics: Array(100_000).fill('unknown') }, [['BAD_USER_INPUT', 'secondaryMetrics']]],
    ['too many guardrails', { guardrails: Array(100_000).fill({ metric: 'unknown' }) }, [['BAD_USER_INPUT', 'guardrails']]],
    ['too many segments', { segments: Array(100_000).fill('country') }, [['BAD_USER_INPUT', 'segments']]],
    [
      'guardrails that are none',
      {
        guardrails: [
          { metric: 'joy', maxRelativeHarm: -0.1 },
          { metric: 'error_rate', maxRelativeHarm: Number.NaN },
          { metric: 'error_rate' },
        ],
      },
      [
        ['METRIC_NOT_FOUND', 'guardrails.0.metric'],
        ['BAD_USER_INPUT', 'guardrails.0.maxRelativeHarm'],
        ['BAD_USER_INPUT', 'guardrails.1.maxRelativeHarm'],
        ['BAD_USER_INPUT', 'guardrails.2.metric'],
      ],
    ],
    [
      'segments that are none',
      { segments: ['country', 'a b', 'country', 'a=b', ''] },
      [
        ['BAD_USER_INPUT', 'segments.1'],
        ['BAD_USER_INPUT', 'segments.2'],
        ['BAD_USER_INPUT', 'segments.3'],
        ['BAD_USER_INPUT', 'segments.4'],
      ],
    ],
    ['some weights', { variants: [{ ...a, weight: 0.5 }, b] }, [['BAD_USER_INPUT', 'variants.1.weight']]],
    ['coverage above 1', { coverage: 1.5 }, [['BAD_USER_INPUT', 'coverage']]],
    ['coverage below 0', { coverage: -0.1 }, [['BAD_USER_INPUT', 'coverage']]],
    ['an unknown metric', { primaryMetric: 'joy' }, [['METRIC_NOT_FOUND', 'primaryMetric']]],
    ['a metric named twice', { secondaryMetrics: ['accuracy'] }, [['BAD_USER_INPUT', 'secondaryMetrics.0']]],
    ['an unknown operator in the targeting', { targeting: { country: { $like: 'D' } } }, [['BAD_USER_INPUT', 'targeting']]],
    ['another hash version', { hashVersion: 4 }, [['BAD_USER_INPUT', 'hashVersion']]],
    [
      'a part of nothing',
      { namespace: { id: ' ', start: 0.5, end: 0.5 } },
      [
        ['BAD_USER_INPUT', 'namespace.id'],
        ['BAD_USER_INPUT', 'namespace'],
      ],
    ],
    [
      'parts of one namespace twice, and of none',
      {
        namespace: { id: 'a', start: 0, end: 0.5 },
        namespaces: [
          { id: 'a', start: 0.5, end: 1 },
          { id: '', start: 0, end: 2 },
        ],
      },
      [
        ['BAD_USER_INPUT', 'namespaces.0.id'],
        ['BAD_USER_INPUT', 'namespaces.1.id'],
        ['BAD_USER_INPUT', 'namespaces.1'],
      ],
    ],
    ['too many namespaces', { namespaces: Array(100_000).fill({ id: 'a', start: 0, end: 1 }) }, [['BAD_USER_INPUT', 'namespaces']]],
    [
      'a holdout of all, and of none',
      { holdout: { key: ' ', share: 1 } },
      [
        ['BAD_USER_INPUT', 'holdout.key'],
        ['BAD_USER_INPUT', 'holdout.share'],
      ],
    ],
    ['a holdout of no number', { holdout: { key: 'all', share: Number.NaN } }, [['BAD_USER_INPUT', 'holdout.share']]],
    [
      'prerequisites that are none',
      {
        prerequisites: [
          { experiment: 'one-or-three', condition: { value: 'a' } },
          { experiment: 'nothing', condition: { value: 'a' } },
        ],
      },
      [
        ['BAD_USER_INPUT', 'prerequisites.0.experiment'],
        ['EXPERIMENT_NOT_FOUND', 'prerequisites.1.experiment'],
      ],
    ],
    [
      'too many prerequisites',
      { prerequisites: Array(100_000).fill({ experiment: 'x', condition: {} }) },
      [['BAD_USER_INPUT', 'prerequisites']],
    ],
    ['the unitId as an attribute', { hashAttribute: 'id' }, [['BAD_USER_INPUT', 'hashAttribute']]],
    ['an attribute without a name', { hashAttribute: ' ' }, [['BAD_USER_INPUT', 'hashAttribute']]],
    ['units forced into nothing', { forced: { tester: 'joy' } }, [['BAD_USER_INPUT', 'forcedVariants.0.variant']]],
    ['one look at nothing', { analysis: { method: 'FIXED_HORIZON' } }, [['BAD_USER_INPUT', 'analysis.plannedUnitsPerVariant']]],
    [
      'one look too early',
      { analysis: { method: 'FIXED_HORIZON', plannedUnitsPerVariant: 29 } },
      [['BAD_USER_INPUT', 'analysis.plannedUnitsPerVariant']],
    ],
    [
      'a horizon for no end of looks',
      { analysis: { plannedUnitsPerVariant: 100 } },
      [['BAD_USER_INPUT', 'analysis.plannedUnitsPerVariant']],
    ],
    ['a rollout with one look', { kind: 'ROLLOUT', analysis: { method: 'BAYESIAN' } }, [['BAD_USER_INPUT', 'analysis.method']]],
    ['half an hour before', { analysis: { cupedLookbackMs: 1_800_000 } }, [['BAD_USER_INPUT', 'analysis.cupedLookbackMs']]],
    ['two years before', { analysis: { cupedLookbackMs: 730 * 86_400_000 } }, [['BAD_USER_INPUT', 'analysis.cupedLookbackMs']]],
    ['an adjustment by what nobody sent', { analysis: { cuped: true } }, [['BAD_USER_INPUT', 'analysis.cuped']]],
    [
      'a score of neither accuracy nor confidence',
      { primaryMetric: 'latency_ms', analysis: { controlScore: true } },
      [['BAD_USER_INPUT', 'analysis.controlScore']],
    ],
    ['a margin of all', { analysis: { nonInferiorityMargin: 1.5 } }, [['BAD_USER_INPUT', 'analysis.nonInferiorityMargin']]],
    ['alpha of 0', { analysis: { alpha: 0 } }, [['BAD_USER_INPUT', 'analysis.alpha']]],
    ['an effect below 0', { analysis: { minimumDetectableEffect: -1 } }, [['BAD_USER_INPUT', 'analysis.minimumDetectableEffect']]],
    [
      'several mistakes at once',
      { key: '', coverage: 2, primaryMetric: 'x' },
      [
        ['BAD_USER_INPUT', 'key'],
        ['BAD_USER_INPUT', 'name'],
        ['BAD_USER_INPUT', 'seed'],
        ['BAD_USER_INPUT', 'coverage'],
        ['METRIC_NOT_FOUND', 'primaryMetric'],
      ],
    ],
  ])('refuses %s, and nothing is written', async (_, more, problems) => {
    const { service } = setUp();
    expect(await problemsOf(service.create(anInput(more), 'ann'))).toEqual(problems);
    expect(await service.list()).toEqual([]);
  });

  it('refuses a key that is taken', async () => {
    const { service } = setUp();
    await service.create(anInput(), 'ann');
    expect(await problemsOf(service.create(anInput({ primaryMetric: 'joy' }), 'bob'))).toEqual([
      ['CONFLICT', 'key'],
      ['METRIC_NOT_FOUND', 'primaryMetric'],
    ]);
  });
});

describe('the life of an experiment', () => {
  type Move = (service: ExperimentService) => Promise<{ readonly status: string }>;
  const moves: Record<string, Move> = {
    start: (service) => service.start('one-or-three', 'ann'),
    pause: (service) => service.pause('one-or-three', 'lunch', 'ann'),
    resume: (service) => service.resume('one-or-three', 'ann'),
    stop: (service) => service.stop('one-or-three', null, 'ann'),
    ship: (service) => service.ship('one-or-three', 'cnn', null, 'ann'),
  };
  const toReach: Record<string, readonly string[]> = {
    DRAFT: [],
    RUNNING: ['start'],
    PAUSED: ['start', 'pause'],
    STOPPED: ['start', 'stop'],
    SHIPPED: ['start', 'ship'],
  };
  const allowed: Record<string, Record<string, string>> = {
    DRAFT: { start: 'RUNNING' },
    RUNNING: { pause: 'PAUSED', stop: 'STOPPED', ship: 'STOPPED' },
    PAUSED: { resume: 'RUNNING', stop: 'STOPPED', ship: 'STOPPED' },
    STOPPED: { ship: 'STOPPED' },
    SHIPPED: {},
  };
  const cases = Object.keys(toReach).flatMap((state) =>
    Object.keys(moves).map((move) => [state, move, allowed[state]?.[move] ?? 'INVALID_STATE'] as const),
  );

  it.each(cases)('%s, %s: %s', async (state, move, outcome) => {
    const { service, changes } = setUp();
    await service.create(anInput(), 'ann');
    for (const step of toReach[state] ?? []) await moves[step]?.(service);
    const before = changes();
    if (outcome === 'INVALID_STATE') {
      expect(await problemsOf(moves[move]?.(service) as Promise<unknown>)).toEqual([['INVALID_STATE', 'key']]);
      expect(changes()).toBe(before);
    } else expect(await moves[move]?.(service)).toMatchObject({ status: outcome });
  });

  it('moves the champion with the shipped variant, and remembers who did it', async () => {
    const { service, store } = setUp();
    await service.create(anInput(), 'ann');
    await service.start('one-or-three', 'ann');
    await service.ship('one-or-three', 'cnn', 'the verdict', 'bob');
    expect(store.labels).toEqual([{ model: 'digits', label: 'champion', version: '3' }]);
    expect((await service.history('one-or-three')).at(-1)).toMatchObject({
      actor: 'bob',
      action: 'SHIPPED',
      detail: 'cnn',
      reason: 'the verdict',
    });
  });

  it.each([
    ['a guardrail', (service: ExperimentService) => service.stop('one-or-three', 'Too many errors.', 'guardrail')],
    ['a rollout that went back', (service: ExperimentService) => service.rollBack('one-or-three', 'It is worse.', 'rollout')],
  ])('ships what %s has ended only with a reason', async (what, end) => {
    const { service, store } = setUp();
    await service.create(anInput(what === 'a guardrail' ? {} : { kind: 'ROLLOUT' }), 'ann');
    await service.start('one-or-three', 'ann');
    await end(service);
    expect(await problemsOf(service.ship('one-or-three', 'cnn', null, 'bob'))).toEqual([['INVALID_STATE', 'reason']]);
    expect(store.labels).toEqual([]);
    await service.ship('one-or-three', 'cnn', 'The errors were a broken disk.', 'bob');
    expect(store.labels).toEqual([{ model: 'digits', label: 'champion', version: '3' }]);
  });

  it('starts one experiment on a model at a time', async () => {
    const { service } = setUp();
    for (const [key, model] of [
      ['x', 'digits'],
      ['y', 'digits'],
      ['z', 'other'],
    ] as const)
      await service.create(anInput({ key, model }), 'ann');
    await service.start('x', 'ann');
    expect(await problemsOf(service.start('y', 'ann'))).toEqual([['CONFLICT', 'key']]);
    expect(await service.start('z', 'ann')).toMatchObject({ status: 'RUNNING' });
  });

  it('does not start with a version that cannot serve', async () => {
    const { service } = setUp({ '1': 'READY', '3': 'FAILED' });
    await service.create(anInput(), 'ann');
    expect(await problemsOf(service.start('one-or-three', 'ann'))).toEqual([['MODEL_NOT_READY', 'key']]);
  });

  it('lets a plan be changed before the start, and only what cannot bend its verdict after', async () => {
    const { service } = setUp();
    await service.create(anInput(), 'ann');
    expect(await service.update('one-or-three', { coverage: 0.5 }, 'ann')).toMatchObject({ coverage: 0.5, revision: 2, status: 'DRAFT' });
    await service.start('one-or-three', 'ann');
    expect(await problemsOf(service.update('one-or-three', { segments: ['country'] }, 'ann'))).toEqual([['INVALID_STATE', 'key']]);
    expect(await problemsOf(service.update('one-or-three', { coverage: 0.4 }, 'ann'))).toEqual([['INVALID_STATE', 'coverage']]);
    expect(await service.update('one-or-three', { name: 'Better name' }, 'ann')).toMatchObject({
      name: 'Better name',
      status: 'RUNNING',
      coverage: 0.5,
    });
  });

  it('says that there is no such experiment', async () => {
    await expect(setUp().service.start('nothing', 'ann')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
  });
});
