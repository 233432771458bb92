import { parseArgs } from 'node:util';
import type { Bench } from '../experiments/bench';
import { positiveNumber } from '../experiments/positive-number';
import { runExperimentCost } from './run-experiment-cost';

const help = `npm run bench -- experiment-cost [options]

Asks one server for predictions of two copies of a model by turns: three experiments run on one of them, none on the other. Prints what a prediction costs
more in the experiments, in microseconds: until its answer, and of CPU; what the ingester and PostgreSQL take besides stands apart.

  --rounds N          of both copies, for each number of connections (12)
  --seconds S         length of one measurement (3)
  --connections LIST  of the closed loop (1,16)
  --json FILE         everything that was measured, for programs
  --help              this text
`;

export const experimentCostBench: Bench = {
  name: 'experiment-cost',
  help,
  prepare: (args) => {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean' }, rounds: text, seconds: text, connections: text, json: text },
    });
    if (values.help) return null;
    const options = {
      rounds: positiveNumber('--rounds', values.rounds ?? '12'),
      seconds: positiveNumber('--seconds', values.seconds ?? '3', { mayBeFraction: true }),
      connections: (values.connections ?? '1,16').split(',').map((one) => positiveNumber('--connections', one)),
      jsonFile: values.json ?? null,
    };
    return (stack, output) => runExperimentCost(options, stack, output);
  },
};
