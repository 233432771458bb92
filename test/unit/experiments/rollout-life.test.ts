import type { FormError } from '../../../src/experiments/form-error';
import type { CreateExperiment } from '../../../src/experiments/validate-plan';
import { aService } from './a-service';

const steps = [
  { share: 0.05, minDurationMs: 1000, minUnits: 10 },
  { share: 0.5, minDurationMs: 0, minUnits: 0 },
];
const plan: CreateExperiment = {
  key: 'cnn',
  model: 'digits',
  kind: 'ROLLOUT',
  variants: [
    { key: 'now', version: '1' },
    { key: 'next', version: '3' },
  ],
  primaryMetric: 'accuracy',
  rollout: { steps },
};

it('has the usual steps unless it is told others', async () => {
  const { service } = aService();
  const { rollout, coverage, variants, guardrails } = await service.create({ ...plan, rollout: null }, 'ann');
  expect(rollout?.steps.map(({ share }) => share)).toEqual([0.01, 0.05, 0.25, 0.5]);
  expect(coverage).toBe(0.02);
  expect(guardrails).toEqual([{ metric: 'accuracy', maxRelativeHarm: 0.05, action: 'STOP' }]);
  expect(variants.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
});

it('covers more with each step, and never goes beyond the last', async () => {
  const { service, clock } = aService();
  await service.create(plan, 'ann');
  expect(await service.start('cnn', 'ann')).toMatchObject({ coverage: 0.1, progress: { step: 0, stepStartedAt: clock.now } });
  clock.now = new Date('2026-11-23T13:00:00Z');
  const advanced = await service.advance('cnn', 2, 'The step is done.', 'rollout');
  expect(advanced).toMatchObject({ revision: 3, coverage: 1, progress: { step: 1, stepStartedAt: clock.now } });
  await expect(service.advance('cnn', 3, 'Once more.', 'rollout')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  expect((await service.history('cnn')).at(-1)).toMatchObject({ action: 'ADVANCED', actor: 'rollout', detail: '50%' });
});

it('advances only what it was judged by', async () => {
  const { service } = aService();
  await service.create(plan, 'ann');
  await service.start('cnn', 'ann');
  await service.update('cnn', { name: 'The CNN' }, 'bob');
  await expect(service.advance('cnn', 2, 'The step is done.', 'rollout')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await service.find('cnn')).toMatchObject({ name: 'The CNN', coverage: 0.1, progress: { step: 0 } });
});

it('takes a step anew after a pause', async () => {
  const { service, clock } = aService();
  await service.create(plan, 'ann');
  await service.start('cnn', 'ann');
  await service.advance('cnn', 2, 'done', 'rollout');
  expect(await service.pause('cnn', null, 'ann')).toMatchObject({ coverage: 1, progress: { step: 1 } });
  clock.now = new Date('2026-11-24T12:00:00Z');
  expect(await service.resume('cnn', 'ann')).toMatchObject({ coverage: 1, progress: { step: 1, stepStartedAt: clock.now } });
});

it('ends when it is rolled back, and can still be shipped by somebody who knows better', async () => {
  const { service } = aService();
  await service.create(plan, 'ann');
  await service.start('cnn', 'ann');
  expect(await service.rollBack('cnn', 'It was worse.', 'rollout')).toMatchObject({ status: 'STOPPED', shippedVariant: null });
  expect((await service.history('cnn')).at(-1)).toMatchObject({ action: 'ROLLED_BACK', reason: 'It was worse.' });
  expect(await service.ship('cnn', 'next', 'The labels were wrong.', 'ann')).toMatchObject({ shippedVariant: 'next' });
});

it('starts only from what serves now', async () => {
  const { service } = aService();
  const variants = [
    { key: 'now', version: '2' },
    { key: 'next', version: '3' },
  ];
  await service.create({ ...plan, variants }, 'ann');
  await expect(service.start('cnn', 'ann')).rejects.toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining('champion') });
});

it('is no other kind', async () => {
  const { service } = aService();
  await service.create({ ...plan, kind: 'AB', rollout: null }, 'ann');
  await service.start('cnn', 'ann');
  await expect(service.advance('cnn', 2, 'done', 'rollout')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  await expect(service.rollBack('cnn', 'worse', 'rollout')).rejects.toMatchObject({ code: 'INVALID_STATE' });
});

it.each<[string, Partial<CreateExperiment>, string[]]>([
  ['three variants', { variants: [...plan.variants, { key: 'third', version: '2' }] }, ['variants']],
  ['weights', { variants: plan.variants.map((one, index) => ({ ...one, weight: index === 0 ? 0.9 : 0.1 })) }, ['variants']],
  ['a coverage', { coverage: 0.5 }, ['coverage']],
  ['no step', { rollout: { steps: [] } }, ['rollout.steps']],
  ['steps without end', { rollout: { steps: Array(100).fill(steps[0]) } }, ['rollout.steps']],
  ['steps for an A/B test', { kind: 'AB' }, ['rollout']],
  [
    'steps that are none',
    {
      rollout: {
        steps: [
          { share: 0, minDurationMs: -1, minUnits: 0.5 },
          { share: 0.6, minDurationMs: Number.NaN, minUnits: -1 },
          { share: 0.2, minDurationMs: 0, minUnits: 0 },
        ],
      },
    },
    [
      'rollout.steps.0.share',
      'rollout.steps.0.minDurationMs',
      'rollout.steps.0.minUnits',
      'rollout.steps.1.share',
      'rollout.steps.1.minDurationMs',
      'rollout.steps.1.minUnits',
      'rollout.steps.2.share',
    ],
  ],
])('refuses %s', async (_, more, fields) => {
  const failure = (await aService()
    .service.create({ ...plan, ...more }, 'ann')
    .catch((error: unknown) => error)) as FormError;
  expect(failure.problems.map(({ field }) => field.join('.'))).toEqual(fields);
});
