import { parseArgs } from 'node:util';
import type { Bench } from '../experiments/bench';
import { positiveNumber } from '../experiments/positive-number';
import { runPairing } from './run-pairing';

const help = `npm run bench -- pairing [options]

Compares versions 1 and 3 of the sample digits on their held-out half, in a server of its own: as a shadow, and as an A/B test with the control's score. Prints
what pairing and the score save, beside the arithmetic bounds of the two accuracies, and how many units each way needs to its verdict.

  --runs N        random orders of the inputs, for the units to a verdict (200)
  --help          this text
`;

export const pairingBench: Bench = {
  name: 'pairing',
  help,
  prepare: (args) => {
    const { values } = parseArgs({ args: [...args], options: { help: { type: 'boolean' }, runs: { type: 'string' } } });
    if (values.help) return null;
    const runs = positiveNumber('--runs', values.runs ?? '200');
    return (stack, output) => runPairing({ runs }, stack, output);
  },
};
