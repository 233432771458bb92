import { parseArgs } from 'node:util';
import type { Bench } from '../experiments/bench';
import { positiveNumber } from '../experiments/positive-number';
import { runRollBack } from './run-roll-back';

const help = `npm run bench -- roll-back [options]

Starts a rollout to a version that is slower, with a guardrail of its latency, sends requests at one rate, each of another unit, and prints how long after
the guardrail was crossed the old version alone served again.

  --runs N        rollouts, one after the other (5)
  --rate R        requests a second (100)
  --fast-ms N     what the old version takes (10)
  --slow-ms N     what the new one takes (60)
  --json FILE     everything that was measured, for programs
  --help          this text
`;

export const rollBackBench: Bench = {
  name: 'roll-back',
  help,
  prepare: (args) => {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean' }, runs: text, rate: text, 'fast-ms': text, 'slow-ms': text, json: text },
    });
    if (values.help) return null;
    const options = {
      runs: positiveNumber('--runs', values.runs ?? '5'),
      ratePerSecond: positiveNumber('--rate', values.rate ?? '100', { mayBeFraction: true }),
      fastMs: positiveNumber('--fast-ms', values['fast-ms'] ?? '10'),
      slowMs: positiveNumber('--slow-ms', values['slow-ms'] ?? '60'),
      jsonFile: values.json ?? null,
    };
    return (stack, output) => runRollBack(options, stack, output);
  },
};
