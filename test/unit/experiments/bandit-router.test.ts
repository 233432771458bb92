import fc from 'fast-check';
import { EnrolledUnits } from '../../../src/experiments/enrolled-units';
import type { Enrolment } from '../../../src/experiments/enrolment-source';
import type { Experiment } from '../../../src/experiments/experiment';
import { ExperimentRouter } from '../../../src/experiments/experiment-router';
import { FakeExperimentStore } from '../../fakes/fake-experiment-store';
import { FakeLogger } from '../../fakes/fake-logger';
import { aBandit } from './a-bandit';

const rows: Enrolment[] = [];
const nobody = { read: async () => rows };

async function routerOf(
  experiment: Experiment,
  enrolled: EnrolledUnits | null = new EnrolledUnits({ source: nobody, logger: new FakeLogger() }),
) {
  const present = { experiment };
  const store = new FakeExperimentStore();
  store.list = async () => [present.experiment];
  const router = new ExperimentRouter(store, enrolled);
  await router.refresh();
  const goOn = async (next: Experiment) => {
    present.experiment = next;
    await router.refresh();
  };
  return { router, goOn, enrolled };
}

const ask = (router: ExperimentRouter, unitId: string) => router.route('digits', unitId, null, '9').assignment;

/** Weights of two to five variants, again and again, none below 0.05. */
const reweightings = fc.integer({ min: 2, max: 5 }).chain((variants) => {
  const weights = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: variants, maxLength: variants }).map((raw) => {
    const total = raw.reduce((sum, one) => sum + one, 0) + variants;
    const steps = raw.map((one) => Math.floor((10_000 * (0.05 + (1 - 0.05 * variants) * ((one + 1) / total))) / 1));
    const last = 10_000 - steps.slice(1).reduce((sum, one) => sum + one, 0);
    return [last, ...steps.slice(1)].map((one) => one / 10_000);
  });
  return fc.array(weights, { minLength: 1, maxLength: 6 });
});

it('never moves a unit that is enrolled, over any sequence of weights, and says how it was drawn', async () => {
  await fc.assert(
    fc.asyncProperty(
      reweightings,
      fc.constantFrom(2 as const, 3 as const),
      fc.constantFrom(1, 0.4),
      async (weights, hashVersion, coverage) => {
        const { router, goOn } = await routerOf(aBandit(weights.slice(0, 1), { hashVersion, coverage }));
        const first = new Map<string, { variant: string | null; propensity: number | null; phase: number | undefined }>();
        for (const [phase] of weights.entries()) {
          await goOn(aBandit(weights.slice(0, phase + 1), { hashVersion, coverage }));
          // New units come in each phase, and all earlier ones again.
          for (let unit = 0; unit < 100 * (phase + 1); unit++) {
            const id = `unit-${unit}`;
            const decision = ask(router, id);
            if (!decision?.inExperiment) continue;
            const { variant, propensity, reason, phase: drawnIn } = decision;
            const known = first.get(id);
            expect(reason).toBe(known ? 'STICKY' : 'ASSIGNED');
            expect({ variant, propensity, phase: drawnIn }).toEqual(known ?? { variant, propensity, phase });
            const place = aBandit(weights).variants.findIndex(({ key }) => key === variant);
            expect(propensity).toBe(weights[drawnIn as number]?.[place]);
            first.set(id, { variant, propensity, phase: drawnIn });
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

it('gives new units variants by the present weights', async () => {
  const { router } = await routerOf(
    aBandit([
      [0.5, 0.5],
      [0.3, 0.7],
      [0.15, 0.85],
      [0.2, 0.8],
    ]),
  );
  const decisions = Array.from({ length: 20_000 }, (_, i) => ask(router, `user-${i}`));
  const share = decisions.filter((decision) => decision?.variant === 'cnn').length / decisions.length;
  // Five standard errors.
  expect(Math.abs(share - 0.8)).toBeLessThan(5 * Math.sqrt((0.8 * 0.2) / decisions.length));
  expect(new Set(decisions.map((decision) => `${decision?.variant} ${decision?.propensity} ${decision?.phase}`))).toEqual(
    new Set(['cnn 0.8 3', 'control 0.2 3']),
  );
});

it('moves as few units as it can where nobody is remembered', async () => {
  const before = await routerOf(aBandit([[0.2, 0.3, 0.5]]), null);
  const weights = [
    [0.2, 0.3, 0.5],
    [0.3, 0.4, 0.3],
  ];
  const after = await routerOf(aBandit(weights), null);
  const units = Array.from({ length: 10_000 }, (_, i) => `user-${i}`);
  const moves = units.map((unit) => [ask(before.router, unit)?.variant, ask(after.router, unit)?.variant] as const);
  const moved = moves.filter(([from, to]) => from !== to);
  expect(moved.every(([from]) => from === 'variant-2')).toBe(true);
  expect(Math.abs(moved.length / units.length - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / units.length));
  // Whether phases are followed one by one or read all at once.
  const followed = await routerOf(aBandit(weights.slice(0, 1)), null);
  ask(followed.router, 'somebody');
  await followed.goOn(aBandit(weights));
  expect(units.map((unit) => ask(followed.router, unit)?.variant)).toEqual(moves.map(([, to]) => to));
});

it('enrols nobody by a preview, and previews what it would route', async () => {
  const weights = [
    [0.5, 0.5],
    [0.05, 0.95],
  ];
  const experiment = aBandit(weights.slice(0, 1));
  const { router, goOn, enrolled } = await routerOf(experiment);
  const units = Array.from({ length: 50 }, (_, i) => `user-${i}`);
  for (const unit of units) router.preview(experiment, unit, null, '9');
  expect(units.every((unit) => enrolled?.find(experiment.key, unit) === null)).toBe(true);
  const drawn = units.map((unit) => ask(router, unit));
  const next = aBandit(weights);
  await goOn(next);
  expect(units.map((unit) => router.preview(next, unit, null, '9').variant)).toEqual(drawn.map((decision) => decision?.variant));
});

it('keeps units in what another replica gave them', async () => {
  const experiment = aBandit([
    [0.5, 0.5],
    [0.05, 0.95],
  ]);
  const elsewhere = Array.from({ length: 20 }, (_, i) => ({ place: i + 1, unitId: `user-${i}`, variant: 'control', phase: 0 }));
  const source = { read: async (_: string, after: number) => elsewhere.filter(({ place }) => place > after) };
  const { router } = await routerOf(experiment, new EnrolledUnits({ source, logger: new FakeLogger() }));
  for (const { unitId } of elsewhere)
    expect(ask(router, unitId)).toMatchObject({ variant: 'control', version: '1', reason: 'STICKY', propensity: 0.5, phase: 0 });
});
