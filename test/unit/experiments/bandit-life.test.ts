import { Autopilot } from '../../../src/experiments/autopilot';
import { dueRound } from '../../../src/experiments/bandit-phases';
import type { Experiment } from '../../../src/experiments/experiment';
import { type ExperimentResults, experimentResults } from '../../../src/experiments/experiment-results';
import type { FormError } from '../../../src/experiments/form-error';
import { builtInMetrics } from '../../../src/experiments/metric';
import type { ExperimentSums } from '../../../src/experiments/result-sums';
import type { CreateExperiment } from '../../../src/experiments/validate-plan';
import { FakeLogger } from '../../fakes/fake-logger';
import { aBandit, banditStart, phasedSums } from './a-bandit';
import { aService } from './a-service';

const plan: CreateExperiment = {
  key: 'cnn',
  model: 'digits',
  kind: 'BANDIT',
  variants: [
    { key: 'control', version: '1' },
    { key: 'cnn', version: '3' },
  ],
  primaryMetric: 'accuracy',
  bandit: { updateEveryMs: 60_000 },
};

async function started() {
  const made = aService();
  await made.service.create(plan, 'ann');
  await made.service.start('cnn', 'ann');
  return made;
}

const phasesOf = (experiment: Experiment) => (experiment.status === 'DRAFT' ? undefined : experiment.phases);
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: FormError) => error,
  );

describe('the life of a bandit', () => {
  it('has the usual terms unless it is told others, and keeps what an update does not name', async () => {
    const { service } = aService();
    expect((await service.create({ ...plan, bandit: null }, 'ann')).bandit).toEqual({
      algorithm: 'THOMPSON',
      updateEveryMs: 3_600_000,
      minWeight: 0.05,
      minUnitsPerVariant: 100,
    });
    const variants = [...plan.variants, { key: 'third', version: '2' }];
    await service.update('cnn', { variants, bandit: { algorithm: 'TOP_TWO', minWeight: 0.1 } }, 'ann');
    const { bandit } = await service.update('cnn', { bandit: { minWeight: 0.2 } }, 'ann');
    expect(bandit).toEqual({ algorithm: 'TOP_TWO', updateEveryMs: 3_600_000, minWeight: 0.2, minUnitsPerVariant: 100 });
  });

  it('goes from phase to phase, which stay through a pause and the end', async () => {
    const { service, clock } = await started();
    const first = { index: 0, startedAt: clock.now, weights: [0.5, 0.5] };
    expect(phasesOf(await service.find('cnn'))).toEqual([first]);
    clock.now = new Date('2026-11-23T12:01:00Z');
    const after = await service.reweight('cnn', 2, [0.2, 0.8], 'The chance.', 'bandit');
    const second = { index: 1, startedAt: clock.now, weights: [0.2, 0.8] };
    expect(after).toMatchObject({ status: 'RUNNING', revision: 3, phases: [first, second] });
    expect(after.variants.map(({ weight }) => weight)).toEqual([0.2, 0.8]);
    expect((await service.history('cnn')).at(-1)).toEqual({
      at: clock.now,
      actor: 'bandit',
      action: 'REWEIGHTED',
      reason: 'The chance.',
      detail: 'control 20%, cnn 80%',
    });
    expect(phasesOf(await service.pause('cnn', null, 'ann'))).toEqual([first, second]);
    expect((await refused(service.reweight('cnn', 4, [0.5, 0.5], 'Again.', 'bandit')))?.code).toBe('INVALID_STATE');
    expect(phasesOf(await service.resume('cnn', 'ann'))).toEqual([first, second]);
    expect(phasesOf(await service.ship('cnn', 'cnn', null, 'ann'))).toEqual([first, second]);
  });

  it('is reweighted once of two replicas that judge at once', async () => {
    const { service } = await started();
    const answers = await Promise.allSettled([1, 2].map(() => service.reweight('cnn', 2, [0.2, 0.8], 'The chance.', 'bandit')));
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const failure = answers.find((one): one is PromiseRejectedResult => one.status === 'rejected')?.reason;
    expect(failure).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('changed meanwhile') });
    expect(phasesOf(await service.find('cnn'))).toHaveLength(2);
  });

  it('is no other kind', async () => {
    const { service } = aService();
    await service.create({ ...plan, kind: 'AB', bandit: null }, 'ann');
    const running = await service.start('cnn', 'ann');
    expect(phasesOf(running)).toBeUndefined();
    expect(await refused(service.reweight('cnn', 2, [0.2, 0.8], 'Why not.', 'bandit'))).toMatchObject({ code: 'INVALID_STATE' });
  });

  it.each<[string, Partial<CreateExperiment>, string[]]>([
    ['terms of a bandit for an A/B test', { kind: 'AB' }, ['bandit']],
    ['terms of a bandit for a rollout', { kind: 'ROLLOUT' }, ['bandit']],
    ['steps', { rollout: { steps: [{ share: 0.1, minDurationMs: 0, minUnits: 0 }] } }, ['rollout']],
    ['a floor that leaves nothing to move', { bandit: { minWeight: 0.6 } }, ['bandit.minWeight']],
    ['no floor', { bandit: { minWeight: 0 } }, ['bandit.minWeight']],
    ['looks without a pause', { bandit: { updateEveryMs: 10 } }, ['bandit.updateEveryMs']],
    ['a look in a year', { bandit: { updateEveryMs: 4e10 } }, ['bandit.updateEveryMs']],
    ['no burn-in', { bandit: { minUnitsPerVariant: 3 } }, ['bandit.minUnitsPerVariant']],
    [
      'what is no number',
      { bandit: { minWeight: Number.NaN, updateEveryMs: Number.NaN, minUnitsPerVariant: 0.5 } },
      ['bandit.updateEveryMs', 'bandit.minUnitsPerVariant', 'bandit.minWeight'],
    ],
    ['the best two of two', { bandit: { algorithm: 'TOP_TWO' } }, ['bandit.algorithm']],
    ['weights below the floor', { variants: plan.variants.map((one, i) => ({ ...one, weight: [0.02, 0.98][i] as number })) }, ['variants']],
    ['a fixed horizon', { analysis: { method: 'FIXED_HORIZON', plannedUnitsPerVariant: 100 } }, ['analysis.method']],
  ])('refuses %s', async (_, more, fields) => {
    const failure = await refused(aService().service.create({ ...plan, ...more }, 'ann'));
    expect(failure?.problems.map(({ field }) => field.join('.'))).toEqual(fields);
  });
});

describe('a look at the weights', () => {
  const at = (seconds: number) => new Date(banditStart.getTime() + 1000 * seconds);

  it('is due once in each interval, at fixed times', () => {
    const one = aBandit();
    expect([0, 59, 60, 119, 120].map((seconds) => dueRound(one, at(seconds)))).toEqual([null, null, 1, 1, 2]);
    const two = aBandit([
      [0.5, 0.5],
      [0.2, 0.8],
    ]);
    expect([60, 119, 120].map((seconds) => dueRound(two, at(seconds)))).toEqual([null, null, 2]);
    expect(dueRound({ ...one, status: 'PAUSED', pausedAt: at(1) } as Experiment, at(600))).toBeNull();
  });

  function pilot(sums: ExperimentSums, experiment = aBandit([[0.5, 0.5]], { revision: 4 })) {
    const clock = { now: at(61) };
    const calls: unknown[][] = [];
    let reads = 0;
    const never = async () => {
      throw new Error('Not this.');
    };
    const results = async (): Promise<ExperimentResults> => {
      reads++;
      return experimentResults({ experiment, metrics: builtInMetrics, sums, now: clock.now, ingestLagMs: 0 });
    };
    const autopilot = new Autopilot({
      running: () => [experiment],
      results,
      experiments: {
        ...{ stop: never, rollBack: never, advance: never, ship: never },
        reweight: async (...call) => {
          calls.push(call);
          return experiment;
        },
      },
      now: () => clock.now,
      logger: new FakeLogger(),
    });
    return { autopilot, clock, calls, reads: () => reads };
  }

  it('reweights by the chances to be best, and says them', async () => {
    const { autopilot, calls } = pilot(
      phasedSums([
        [
          [300, 240],
          [300, 262],
        ],
      ]),
    );
    await autopilot.look();
    expect(calls).toEqual([['digits-1-vs-3', 4, [expect.any(Number), expect.any(Number)], expect.any(String), 'bandit']]);
    const [, , weights, reason] = calls[0] as [string, number, number[], string];
    expect(weights[1]).toBeGreaterThan(0.9);
    expect(reason).toMatch(/^The chance to be best in accuracy, by 600 units, is control \d[\d.]*%, cnn 9\d[\d.]*%\.$/);
  });

  it('reads nothing before it is due, and once when nothing changes', async () => {
    const even = pilot(
      phasedSums([
        [
          [300, 240],
          [300, 240],
        ],
      ]),
    );
    even.clock.now = at(59);
    await even.autopilot.look();
    expect(even.reads()).toBe(0);
    for (const seconds of [60, 61, 100, 119]) {
      even.clock.now = at(seconds);
      await even.autopilot.look();
    }
    expect([even.reads(), even.calls]).toEqual([1, []]);
    even.clock.now = at(120);
    await even.autopilot.look();
    expect(even.reads()).toBe(2);
  });

  it('does not follow a split that is broken', async () => {
    const { autopilot, calls } = pilot(
      phasedSums([
        [
          [900, 700],
          [300, 290],
        ],
      ]),
    );
    await autopilot.look();
    expect(calls).toEqual([]);
  });
});

describe('the results of a bandit', () => {
  const read = (sums: ExperimentSums, weights: readonly (readonly number[])[]) =>
    experimentResults({ experiment: aBandit(weights), metrics: builtInMetrics, sums, now: new Date(0), ingestLagMs: 0 });

  it('expect the units that the phases promised', () => {
    const sums = phasedSums([
      [
        [500, 400],
        [500, 450],
      ],
      [
        [200, 160],
        [800, 720],
      ],
    ]);
    const split = read(sums, [
      [0.5, 0.5],
      [0.2, 0.8],
    ]).health.sampleRatioMismatch;
    expect(split.expected.map(({ units }) => Math.round(units))).toEqual([700, 1300]);
    expect(split).toMatchObject({ mismatch: false, pValue: expect.closeTo(1, 9) });
    // The weights of today would not explain it.
    expect(read(sums, [[0.2, 0.8]]).health.sampleRatioMismatch.mismatch).toBe(true);
  });

  it('say to ship by an always-valid verdict on the phases, and do not call good days a good version', () => {
    const weights = [
      [0.5, 0.5],
      [0.1, 0.9],
    ];
    const days = phasedSums([
      [
        [1000, 500],
        [1000, 500],
      ],
      [
        [200, 190],
        [1800, 1710],
      ],
    ]);
    expect(read(days, weights).decision.action).toBe('KEEP_RUNNING');
    const better = phasedSums([
      [
        [1000, 500],
        [1000, 700],
      ],
      [
        [200, 100],
        [1800, 1260],
      ],
    ]);
    const { decision, bandit, validity } = read(better, weights);
    expect({ ...decision, validity }).toMatchObject({ action: 'SHIP', variant: 'cnn', validity: 'ANYTIME' });
    expect(bandit?.chancesToBeBest?.[1]).toBeGreaterThan(0.999);
  });

  it('have no standing of their own for another kind', () => {
    const experiment = { ...aBandit(), kind: 'AB' as const, rollout: null, bandit: null };
    expect(
      experimentResults({ experiment, metrics: builtInMetrics, sums: phasedSums([]), now: new Date(0), ingestLagMs: 0 }).bandit,
    ).toBeNull();
  });
});
