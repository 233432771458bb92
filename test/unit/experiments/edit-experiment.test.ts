import fc from 'fast-check';
import { editExperiment } from '../../../src/experiments/edit-experiment';
import type { Experiment } from '../../../src/experiments/experiment';
import { FormError } from '../../../src/experiments/form-error';
import { builtInMetrics } from '../../../src/experiments/metric';
import type { UpdateExperiment } from '../../../src/experiments/validate-plan';
import { anExperiment } from '../../contract/an-experiment';

const context = {
  catalog: {
    versions: () => ['1', '2', '3'].map((version) => ({ version, state: 'READY' })),
    championOf: () => '1',
    classLabels: () => null,
  },
  metrics: builtInMetrics,
  experiments: [],
  now: new Date('2026-11-23T12:00:00Z'),
};
const guardrails = [
  { metric: 'error_rate', maxRelativeHarm: 0.1, action: 'WARN' },
  { metric: 'latency_ms', maxRelativeHarm: 0.2, action: 'STOP' },
] as const;
const plan = { coverage: 0.4, forced: { tester: 'cnn' }, guardrails, targeting: null };
const started = ['RUNNING', 'PAUSED'] as const;

const edit = (before: Experiment, input: UpdateExperiment, seen: readonly string[] = []) =>
  editExperiment(before, input, context, async (unitIds) => unitIds.filter((unitId) => seen.includes(unitId)));

async function refusedFor(before: Experiment, input: UpdateExperiment, seen: readonly string[] = []) {
  try {
    await edit(before, input, seen);
    return [];
  } catch (error) {
    if (error instanceof FormError) return error.problems.map(({ code, field }) => `${code} ${field.join('.')}`);
    throw error;
  }
}

describe.each(started)('an edit while it is %s', (status) => {
  const before = anExperiment({ ...plan, status });

  it.each<[string, UpdateExperiment, string]>([
    ['another name', { name: 'n' }, `name: "${anExperiment().name}" -> "n"`],
    ['no hypothesis', { hypothesis: null }, `hypothesis: "${anExperiment().hypothesis}" -> null`],
    ['a higher coverage', { coverage: 0.5 }, 'coverage: 0.4 -> 0.5'],
    ['all units', { coverage: null }, 'coverage: 0.4 -> 1'],
    [
      'a further tester',
      { forced: { second: 'control', tester: 'cnn' } },
      'forced: {"tester":"cnn"} -> {"second":"control","tester":"cnn"}',
    ],
    [
      'a guardrail that stops now',
      { guardrails: guardrails.map((one) => ({ ...one, action: 'STOP' as const })) },
      'guardrails: [{"action":"WARN","maxRelativeHarm":0.1,"metric":"error_rate"},{"action":"STOP","maxRelativeHarm":0.2,"metric":"latency_ms"}] -> [{"action":"STOP","maxRelativeHarm":0.1,"metric":"error_rate"},{"action":"STOP","maxRelativeHarm":0.2,"metric":"latency_ms"}]',
    ],
    ['two things at once', { name: 'n', coverage: 1 }, `name: "${anExperiment().name}" -> "n"; coverage: 0.4 -> 1`],
  ])('takes %s', async (_, input, detail) => {
    const taken = await edit(before, input);
    expect(taken).toEqual({
      after: { ...before, ...input, coverage: input.coverage === null ? 1 : (input.coverage ?? 0.4), revision: 2 },
      detail,
    });
  });

  it.each<[string, UpdateExperiment, string[]]>([
    ['a lower coverage', { coverage: 0.3 }, ['INVALID_STATE coverage']],
    ['no coverage', { coverage: 0 }, ['INVALID_STATE coverage']],
    ['more than all', { coverage: 1.5 }, ['BAD_USER_INPUT coverage']],
    ['a coverage that is no number', { coverage: Number.NaN }, ['BAD_USER_INPUT coverage']],
    ['a tester moved', { forced: { tester: 'control' } }, ['INVALID_STATE forcedVariants']],
    ['a tester let go', { forced: {} }, ['INVALID_STATE forcedVariants']],
    ['a tester forced into nothing', { forced: { tester: 'cnn', b: 'joy' } }, ['BAD_USER_INPUT forcedVariants.1.variant']],
    ['no guardrails', { guardrails: [] }, ['INVALID_STATE guardrails']],
    [
      'a guardrail that does not stop any more',
      { guardrails: guardrails.map((one) => ({ ...one, action: 'WARN' })) },
      ['INVALID_STATE guardrails'],
    ],
    ['a margin', { guardrails: guardrails.map((one) => ({ ...one, maxRelativeHarm: 0.05 })) }, ['INVALID_STATE guardrails']],
    ['a further guardrail', { guardrails: [...guardrails, { metric: 'confidence' }] }, ['INVALID_STATE guardrails']],
    ['an effect', { analysis: { minimumDetectableEffect: 0.5 } }, ['INVALID_STATE key']],
    ['a non-inferiority margin', { analysis: { nonInferiorityMargin: 0.5 } }, ['INVALID_STATE key']],
    ['another metric', { primaryMetric: 'latency_ms' }, ['INVALID_STATE key']],
    ['a metric to watch', { secondaryMetrics: ['confidence'] }, ['INVALID_STATE key']],
    ['other weights', { variants: [] }, ['INVALID_STATE key']],
    ['another audience', { targeting: { country: 'DE' } }, ['INVALID_STATE key']],
    ['a part', { namespace: { id: 'a', start: 0, end: 1 } }, ['INVALID_STATE key']],
    ['parts', { namespaces: [] }, ['INVALID_STATE key']],
    ['a holdout', { holdout: { key: 'all', share: 0.1 } }, ['INVALID_STATE key']],
    ['a prerequisite', { prerequisites: [] }, ['INVALID_STATE key']],
    ['another unit', { hashAttribute: 'company' }, ['INVALID_STATE key']],
    ['a seed', { seed: 'another' }, ['INVALID_STATE key']],
    ['segments', { segments: [] }, ['INVALID_STATE key']],
    ['a good change with a bad one', { name: 'n', coverage: 0.1 }, ['INVALID_STATE coverage']],
    ['an empty name', { name: ' ' }, ['BAD_USER_INPUT name']],
  ])('refuses %s', async (_, input, problems) => {
    expect(await refusedFor(before, input)).toEqual(problems);
  });

  it('refuses to force a unit that has been seen, whatever the variant', async () => {
    const input = { forced: { tester: 'cnn', seen: 'control', fresh: 'cnn' } };
    expect(await refusedFor(before, input, ['seen'])).toEqual(['INVALID_STATE forcedVariants']);
    expect(await refusedFor(before, input, ['other', 'tester'])).toEqual([]);
    expect(await refusedFor({ ...before, hashAttribute: 'company' }, input)).toEqual(['INVALID_STATE forcedVariants']);
  });

  it('takes a coverage exactly when it is not lower', async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(share, share, async (from, to) => {
        expect(await refusedFor({ ...before, coverage: from }, { coverage: to })).toEqual(to < from ? ['INVALID_STATE coverage'] : []);
      }),
    );
  });

  it('writes nothing where nothing would change', async () => {
    expect(await edit(before, { name: before.name, coverage: 0.4, forced: { tester: 'cnn' }, guardrails })).toBeNull();
  });
});

it('leaves the coverage of a rollout to its steps', async () => {
  const before = {
    ...anExperiment({ status: 'RUNNING', coverage: 0.02 }),
    kind: 'ROLLOUT',
    rollout: { steps: [{ share: 0.01, minDurationMs: 0, minUnits: 0 }] },
  };
  expect(await refusedFor(before as Experiment, { coverage: 0.5 })).toEqual(['INVALID_STATE coverage']);
});

it('changes nothing of what is over', async () => {
  expect(await refusedFor(anExperiment({ status: 'STOPPED' }), { name: 'n' })).toEqual(['INVALID_STATE key']);
});

it('may change everything of a draft, and says all that did', async () => {
  const input: UpdateExperiment = {
    ...{
      name: 'n',
      coverage: 0.1,
      seed: 's2',
      hashVersion: 3,
      primaryMetric: 'latency_ms',
      secondaryMetrics: [],
      segments: [],
      targeting: null,
    },
    ...{
      forced: {},
      guardrails: [],
      hashAttribute: 'company',
      holdout: { key: 'all', share: 0.1 },
      namespaces: [{ id: 'a', start: 0, end: 0.5 }],
    },
    analysis: { alpha: 0.01 },
  };
  const before = anExperiment({ ...plan, status: 'DRAFT' });
  const taken = await edit(before, input);
  expect(taken?.after).toMatchObject({
    ...input,
    analysis: { ...before.analysis, alpha: 0.01 },
    status: 'DRAFT',
    createdAt: before.createdAt,
  });
  const named = taken?.detail.split('; ').map((line) => line.split(':')[0]);
  const unchanged = ['targeting'];
  expect(named?.sort()).toEqual(
    Object.keys(input)
      .filter((name) => !unchanged.includes(name))
      .sort(),
  );
});

it('gives a draft one part in place of several, and none in place of one', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, start: 0, end: 0.5 }));
  const before = anExperiment({ namespaces: [a, b] as Experiment['namespaces'] });
  expect((await edit(before, { namespace: c ?? null }))?.after.namespaces).toEqual([c]);
  expect((await edit(before, { namespace: null }))?.after.namespaces).toEqual([]);
  expect((await edit(before, { name: 'n' }))?.after.namespaces).toEqual([a, b]);
});

it('cuts what would make a line of the history endless', async () => {
  const taken = await edit(anExperiment(), { hypothesis: 'h'.repeat(1000) });
  expect(taken?.detail.length).toBeLessThan(300);
  expect(taken?.detail).toMatch(/\.\.\.$/);
});
