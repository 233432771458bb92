import type { Bench } from '../experiments/bench';
import { importHelp, parseImportOptions } from './options';
import { runImport } from './run-import';

/** A million outcomes, some of them bad. */
export const importBench: Bench = {
  name: 'import',
  help: importHelp,
  prepare: (args) => {
    const options = parseImportOptions(args);
    if (options === null) return null;
    return (stack, output) => {
      const stopping = new AbortController();
      stack.add(() => stopping.abort());
      return runImport(options, stack, stopping.signal, output);
    };
  },
};
