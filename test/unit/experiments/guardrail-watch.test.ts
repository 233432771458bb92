import type { Experiment } from '../../../src/experiments/experiment';
import type { ExperimentResults } from '../../../src/experiments/experiment-results';
import { FormError, problem } from '../../../src/experiments/form-error';
import type { GuardrailResult } from '../../../src/experiments/guardrail';
import { GuardrailWatch } from '../../../src/experiments/guardrail-watch';
import { anExperiment } from '../../contract/an-experiment';
import { FakeLogger } from '../../fakes/fake-logger';

const stopping = { metric: 'error_rate', maxRelativeHarm: 0.1, action: 'STOP' } as const;

function setUp({
  guardrail = {},
  action = 'ROLL_BACK',
  experiments = [anExperiment({ status: 'RUNNING' })],
  stop = async (_key: string, _reason: string, _actor: string): Promise<unknown> => null,
}: {
  guardrail?: Partial<GuardrailResult>;
  action?: string;
  experiments?: readonly Experiment[];
  stop?: (key: string, reason: string, actor: string) => Promise<unknown>;
} = {}) {
  const asked: string[] = [];
  const stopped: string[][] = [];
  const logger = new FakeLogger();
  const watch = new GuardrailWatch({
    running: () => experiments,
    results: async (key) => {
      asked.push(key);
      if (key === 'broken') throw new Error('The database is away.');
      const result = { ...stopping, variant: 'cnn', state: 'CROSSED', excessHarm: null, pValue: 0, ...guardrail };
      return { guardrails: [result], decision: { action, variant: 'control', reason: 'Too many errors.' } } as unknown as ExperimentResults;
    },
    stop: async (...call) => {
      stopped.push(call);
      return stop(...call);
    },
    logger,
  });
  return { watch, asked, stopped, logger };
}

it('stops an experiment whose guardrail is crossed, and says why', async () => {
  const { watch, stopped } = setUp();
  await watch.look();
  expect(stopped).toEqual([['digits-1-vs-3', 'Too many errors.', 'guardrail']]);
});

it.each<[string, Parameters<typeof setUp>[0]]>([
  ['holds', { guardrail: { state: 'HOLDING' } }],
  ['only warns', { guardrail: { action: 'WARN' } }],
  ['stands beside a broken split', { action: 'DO_NOT_TRUST' }],
])('lets it run where the guardrail %s', async (_, given) => {
  const { watch, stopped } = setUp(given);
  await watch.look();
  expect(stopped).toEqual([]);
});

it('does not read the results of experiments that nothing could stop', async () => {
  const { watch, asked } = setUp({ experiments: [anExperiment({ status: 'RUNNING', guardrails: [{ ...stopping, action: 'WARN' }] })] });
  await watch.look();
  expect(asked).toEqual([]);
});

it('goes on to the next one when one cannot be read', async () => {
  const experiments = [anExperiment({ key: 'broken', status: 'RUNNING' }), anExperiment({ key: 'sound', status: 'RUNNING' })];
  const { watch, stopped, logger } = setUp({ experiments });
  await watch.look();
  expect(stopped.map(([key]) => key)).toEqual(['sound']);
  expect(logger.lines.some(({ event }) => event === 'guardrails_not_looked_at')).toBe(true);
});

it('is content when somebody else was faster', async () => {
  const { watch, logger } = setUp({ stop: () => Promise.reject(new FormError([problem(['key'], 'It is STOPPED.', 'INVALID_STATE')])) });
  await watch.look();
  expect(logger.lines.some(({ event }) => event === 'guardrails_not_looked_at')).toBe(false);
});
