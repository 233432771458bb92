import type { Experiment } from '../../../src/experiments/experiment';
import { ExperimentRouter } from '../../../src/experiments/experiment-router';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';

async function routerWith(more: Partial<Experiment>, status: 'RUNNING' | 'PAUSED' | 'STOPPED' | 'DRAFT' = 'RUNNING') {
  const store = new FakeExperimentStore();
  const experiment = { ...anExperiment({ status }), coverage: 1, targeting: null, ...more } as Experiment;
  await store.insert(experiment, anExperimentEvent());
  const router = new ExperimentRouter(store);
  await router.refresh();
  return { router, experiment };
}

describe('ExperimentRouter', () => {
  it('sends a unit to the same variant always, and units to all variants', async () => {
    const { router } = await routerWith({});
    const versions = Array.from({ length: 200 }, (_, i) => router.route('digits', `user-${i}`, null, '9').version);
    expect(versions).toEqual(Array.from({ length: 200 }, (_, i) => router.route('digits', `user-${i}`, null, '9').version));
    expect([...new Set(versions)].sort()).toEqual(['1', '3']);
  });

  it('lets the control answer everybody in a shadow, with or without a unit, and names the others as mirrors', async () => {
    const plan = anExperiment();
    const variants = plan.variants.map((variant) => ({ ...variant, weight: Number(variant.isControl) }));
    const { router } = await routerWith({ kind: 'SHADOW', variants, coverage: 0.5 });
    const routes = Array.from({ length: 400 }, (_, i) =>
      router.route('digits', i % 2 === 0 ? `user-${i}` : null, null, '1', `prediction-${i}`),
    );
    const inside = routes.filter(({ assignment }) => assignment?.inExperiment);
    expect(inside.length).toBeGreaterThan(150);
    expect(inside.length).toBeLessThan(250);
    for (const route of inside) {
      expect(route).toMatchObject({ version: '1', assignment: { variant: 'control', propensity: 1 } });
      expect(route.mirrors).toEqual([{ experiment: plan.key, variant: 'cnn', version: '3' }]);
    }
    for (const route of routes.filter(({ assignment }) => !assignment?.inExperiment)) expect(route.mirrors).toBeUndefined();
  });

  it.each([
    ['no unit', {}, null, null, 'NO_UNIT'],
    ['a unit outside the coverage', { coverage: 1e-9 }, 'user-1', null, 'NOT_IN_COVERAGE'],
    ['a unit that is not targeted', { targeting: { country: 'DE' } }, 'user-1', { country: 'FR' }, 'NOT_TARGETED'],
  ])('serves the champion to %s, and says why', async (_, more, unitId, attributes, reason) => {
    const { router } = await routerWith(more);
    expect(router.route('digits', unitId, attributes, '9')).toMatchObject({
      version: '9',
      assignment: { inExperiment: false, variant: null, version: '9', reason },
    });
  });

  it.each(['PAUSED', 'STOPPED', 'DRAFT'] as const)('lets the champion serve while the experiment is %s', async (status) => {
    const { router, experiment } = await routerWith({}, status);
    expect(router.route('digits', 'user-1', null, '9')).toEqual({ version: '9', assignment: null, assignments: [] });
    expect(router.preview(experiment, 'user-1', null, '9')).toMatchObject({ inExperiment: false, reason: 'NOT_RUNNING' });
  });

  it('previews what it would route', async () => {
    const { router, experiment } = await routerWith({});
    expect(router.preview(experiment, 'user-1', null, '9')).toEqual(router.route('digits', 'user-1', null, '9').assignment);
  });

  it('gives the probability with which a unit that takes part got its variant, whatever the coverage', async () => {
    const weights = [0.2, 0.8];
    const variants = anExperiment().variants.map((variant, index) => ({ ...variant, weight: weights[index] as number }));
    const { router } = await routerWith({ coverage: 0.5, variants });
    const decisions = Array.from({ length: 4000 }, (_, i) => router.route('digits', `user-${i}`, null, '9').assignment);
    const inside = decisions.filter((decision) => decision?.inExperiment);
    expect(inside.length / decisions.length).toBeCloseTo(0.5, 1);
    expect(new Set(inside.map((decision) => `${decision?.variant} ${decision?.propensity}`))).toEqual(new Set(['control 0.2', 'cnn 0.8']));
    expect(inside.filter((decision) => decision?.variant === 'cnn').length / inside.length).toBeCloseTo(0.8, 1);
    expect(decisions.filter((decision) => !decision?.inExperiment).every((decision) => decision?.propensity === null)).toBe(true);
  });

  it('never moves a unit that takes part when the coverage grows', async () => {
    const variantsAt = async (coverage: number) => {
      const { router } = await routerWith({ coverage });
      return Array.from({ length: 500 }, (_, i) => router.route('digits', `user-${i}`, null, '9').assignment?.variant ?? null);
    };
    const [some, all] = [await variantsAt(0.3), await variantsAt(1)];
    expect(some.every((variant, i) => variant === null || variant === all[i])).toBe(true);
  });

  it('takes an empty unit for none', async () => {
    const { router } = await routerWith({});
    expect(router.route('digits', '', null, '9').assignment).toMatchObject({ reason: 'NO_UNIT', version: '9' });
  });

  it('is not taken back by a read that was slow', async () => {
    const running = anExperiment({ status: 'RUNNING', targeting: null });
    const answers: ((experiments: readonly Experiment[]) => void)[] = [];
    const store = new FakeExperimentStore();
    store.list = () => new Promise((resolve) => answers.push(resolve));
    const router = new ExperimentRouter(store);
    const [early, late] = [router.refresh(), router.refresh()];
    answers[1]?.([running]);
    await late;
    answers[0]?.([]);
    await early;
    expect(router.route('digits', 'user-1', null, '9').assignment).not.toBeNull();
  });
});

describe('several experiments on one model', () => {
  const parts = [
    ['left', 0, 0.5],
    ['right', 0.5, 0.8],
  ] as const;

  async function router() {
    const store = new FakeExperimentStore();
    for (const [index, [key, start, end]] of parts.entries()) {
      const createdAt = new Date(2026, 1, index + 1);
      const plan = { key, seed: key, coverage: 1, targeting: null, namespaces: [{ id: 'pricing', start, end }], createdAt };
      await store.insert(anExperiment({ status: 'RUNNING', ...plan }), anExperimentEvent());
    }
    const made = new ExperimentRouter(store);
    await made.refresh();
    return made;
  }

  it('take different units, and say what each decided', async () => {
    const made = await router();
    const routes = Array.from({ length: 4000 }, (_, i) => made.route('digits', `user-${i}`, null, '9'));
    for (const { assignment, assignments } of routes) {
      expect(assignments.map(({ experiment }) => experiment)).toEqual(['left', 'right']);
      expect(assignments.filter(({ inExperiment }) => inExperiment).length).toBeLessThanOrEqual(1);
      expect(assignment).toEqual(assignments.find(({ inExperiment }) => inExperiment) ?? assignments[0]);
    }
    const share = (key: string) =>
      routes.filter(({ assignment }) => assignment?.experiment === key && assignment.inExperiment).length / 4000;
    expect(share('left')).toBeCloseTo(0.5, 1);
    expect(share('right')).toBeCloseTo(0.3, 1);
    const outside = routes.filter(({ assignment }) => !assignment?.inExperiment);
    expect(outside.every(({ version, assignment }) => version === '9' && assignment?.reason === 'NOT_IN_NAMESPACE')).toBe(true);
  });
});

it('gives a forced unit its variant, whatever else the plan says, and does not count it', async () => {
  const more = { coverage: 0, targeting: { country: 'DE' }, forced: { tester: 'cnn' }, hashVersion: 3 } as const;
  const { router } = await routerWith(more);
  expect(router.route('digits', 'tester', null, '9')).toMatchObject({
    version: '3',
    assignment: { variant: 'cnn', inExperiment: false, propensity: null, reason: 'FORCED' },
  });
  expect(router.route('digits', '__proto__', null, '9')).toMatchObject({
    version: '9',
    assignment: { variant: null, reason: 'NOT_TARGETED' },
  });
});
