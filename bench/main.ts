import { StopStack } from '../src/concurrency/stop-stack';
import { help, parseServingOptions } from './serving/options';
import { runServing } from './serving/run-serving';

/** `npm run bench -- <name> [options]`: results go to stdout, progress to stderr. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name !== 'serving') {
    process.stderr.write(`${name === undefined || name === '--help' ? '' : `There is no benchmark "${name}". `}Usage: ${help}`);
    return name === '--help' ? 0 : 1;
  }
  const options = parseServingOptions(args);
  if (options === null) {
    process.stdout.write(help);
    return 0;
  }
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const stack = new StopStack((error) => process.stderr.write(`While stopping: ${String(error)}\n`));
  const stopping = new AbortController();
  const interrupted = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130)).once('SIGTERM', () => resolve(143));
  });
  try {
    const done = runServing(options, stack, stopping.signal, {
      print: (text) => process.stdout.write(`${text}\n`),
      say: (text) => process.stderr.write(`${text}\n`),
    });
    return await Promise.race([done.then(() => 0), interrupted]);
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
