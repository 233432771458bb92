import type { Bench } from '../experiments/bench';
import { parseResultsOptions, resultsHelp } from './options';
import { runResults } from './run-results';

export const resultsBench: Bench = {
  name: 'results',
  help: resultsHelp,
  prepare: (args) => {
    const options = parseResultsOptions(args);
    return options && ((stack, output) => runResults(options, stack, output));
  },
};
