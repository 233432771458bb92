import { Autopilot } from '../../../src/experiments/autopilot';
import type { Experiment } from '../../../src/experiments/experiment';
import type { ExperimentResults } from '../../../src/experiments/experiment-results';
import { FormError, problem } from '../../../src/experiments/form-error';
import { anExperiment } from '../../contract/an-experiment';
import { FakeLogger } from '../../fakes/fake-logger';
import { aRollout, resultsOf } from './a-rollout';

const stopping = { metric: 'error_rate', maxRelativeHarm: 0.1, action: 'STOP' } as const;
const crossed = resultsOf({ action: 'ROLL_BACK', guardrail: 'CROSSED' });

function setUp(experiments: readonly Experiment[], results: (key: string) => ExperimentResults, failure: Error | null = null) {
  const asked: string[] = [];
  const moves: unknown[][] = [];
  const logger = new FakeLogger();
  const move =
    (name: string) =>
    async (...call: unknown[]): Promise<Experiment> => {
      moves.push([name, ...call]);
      if (failure) throw failure;
      return anExperiment();
    };
  const autopilot = new Autopilot({
    running: () => experiments,
    results: async (key) => {
      asked.push(key);
      return results(key);
    },
    experiments: {
      stop: move('stop'),
      rollBack: move('rollBack'),
      advance: move('advance'),
      ship: move('ship'),
      reweight: move('reweight'),
    },
    now: () => new Date('2026-03-02T01:00:00Z'),
    logger,
  });
  return { autopilot, asked, moves, logger };
}

it('stops an experiment whose guardrail is crossed, and says why', async () => {
  const { autopilot, moves } = setUp([anExperiment({ status: 'RUNNING' })], () => crossed);
  await autopilot.look();
  expect(moves).toEqual([['stop', 'digits-1-vs-3', 'The reason.', 'guardrail']]);
});

it('rolls back, advances and ships rollouts', async () => {
  const back = setUp([aRollout()], () => crossed);
  await back.autopilot.look();
  expect(back.moves).toEqual([['rollBack', 'digits-1-vs-3', 'The reason.', 'rollout']]);
  const on = setUp([aRollout({ revision: 7 })], () => resultsOf());
  await on.autopilot.look();
  expect(on.moves).toEqual([['advance', 'digits-1-vs-3', 7, expect.stringContaining('Step 1 of 2'), 'rollout']]);
  const done = setUp([aRollout({ step: 1 })], () => resultsOf());
  await done.autopilot.look();
  expect(done.moves).toEqual([['ship', 'digits-1-vs-3', 'cnn', expect.stringContaining('Step 2 of 2'), 'rollout']]);
});

it('does not read the results of experiments that never move by themselves', async () => {
  const { autopilot, asked } = setUp([anExperiment({ status: 'RUNNING', guardrails: [{ ...stopping, action: 'WARN' }] })], () => crossed);
  await autopilot.look();
  expect(asked).toEqual([]);
});

it('goes on to the next one when one cannot be read', async () => {
  const experiments = ['broken', 'sound'].map((key) => anExperiment({ key, status: 'RUNNING' }));
  const { autopilot, moves, logger } = setUp(experiments, (key) => {
    if (key === 'broken') throw new Error('The database is away.');
    return crossed;
  });
  await autopilot.look();
  expect(moves.map(([, key]) => key)).toEqual(['sound']);
  expect(logger.lines.some(({ event }) => event === 'autopilot_failed')).toBe(true);
});

it('is content when somebody else was faster', async () => {
  const failure = new FormError([problem(['key'], 'It is STOPPED.', 'INVALID_STATE')]);
  const { autopilot, logger } = setUp([anExperiment({ status: 'RUNNING' })], () => crossed, failure);
  await autopilot.look();
  expect(logger.lines.some(({ event }) => event === 'autopilot_failed')).toBe(false);
});
