import { StopStack } from '../src/concurrency/stop-stack';
import { assignmentHelp, runAssignment } from './assignment';
import { errorRatesHelp, parseErrorRatesOptions } from './error-rates/options';
import { runErrorRates } from './error-rates/run-error-rates';
import { experimentCostBench } from './experiment-cost/experiment-cost-bench';
import type { Bench } from './experiments/bench';
import { importBench } from './import/import-bench';
import { pairingBench } from './pairing/pairing-bench';
import { resultsBench } from './results/results-bench';
import { rollBackBench } from './roll-back/roll-back-bench';
import { help, parseServingOptions } from './serving/options';
import { runServing } from './serving/run-serving';

const ofExperiments: readonly Bench[] = [resultsBench, experimentCostBench, rollBackBench, pairingBench, importBench];

/** `npm run bench -- <name> [options]`: results go to stdout, progress to stderr. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === 'assignment') {
    const [rounds = '9'] = args;
    if (Number(rounds) >= 1) runAssignment(Number(rounds), (line) => process.stdout.write(`${line}\n`));
    else process.stdout.write(assignmentHelp);
    return 0;
  }
  if (name === 'error-rates') {
    const options = parseErrorRatesOptions(args);
    if (options !== null) return untilStopped((stack, signal) => runErrorRates(options, stack, signal, output));
    process.stdout.write(errorRatesHelp);
    return 0;
  }
  const bench = ofExperiments.find((one) => one.name === name);
  if (bench) {
    const run = bench.prepare(args);
    if (run !== null) return untilStopped((stack) => run(stack, output));
    process.stdout.write(bench.help);
    return 0;
  }
  if (name !== 'serving') {
    process.stderr.write(
      `${name === undefined || name === '--help' ? '' : `There is no benchmark "${name}". `}Usage: ${[help, assignmentHelp, errorRatesHelp, ...ofExperiments.map((one) => one.help)].join('\n')}`,
    );
    return name === '--help' ? 0 : 1;
  }
  const options = parseServingOptions(args);
  if (options === null) {
    process.stdout.write(help);
    return 0;
  }
  process.env.ORT_DISABLE_TELEMETRY = '1';
  return untilStopped((stack, signal) => runServing(options, stack, signal, output));
}

const output = {
  print: (text: string) => process.stdout.write(`${text}\n`),
  say: (text: string) => process.stderr.write(`${text}\n`),
};

/** Runs to the end or to a signal, and stops what was started in either case. */
async function untilStopped(run: (stack: StopStack, signal: AbortSignal) => Promise<void>): Promise<number> {
  const stack = new StopStack((error) => process.stderr.write(`While stopping: ${String(error)}\n`));
  const stopping = new AbortController();
  const interrupted = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130)).once('SIGTERM', () => resolve(143));
  });
  try {
    return await Promise.race([run(stack, stopping.signal).then(() => 0), interrupted]);
  } finally {
    stopping.abort();
    await stack.stop();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
