import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StopStack } from '../../src/concurrency/stop-stack';
import { MetricCatalog } from '../../src/experiments/metric-catalog';
import { ResultsService } from '../../src/experiments/results-service';
import { TypeormExperimentStore } from '../../src/persistence/typeorm-experiment-store';
import { TypeormLookStore } from '../../src/persistence/typeorm-look-store';
import { TypeormMetricStore } from '../../src/persistence/typeorm-metric-store';
import { TypeormPairedSumsStore } from '../../src/persistence/typeorm-paired-sums-store';
import { TypeormResultSumsStore } from '../../src/persistence/typeorm-result-sums-store';
import type { Output } from '../experiments/bench';
import { showSpread } from '../experiments/show-spread';
import { Touchstone } from '../experiments/touchstone';
import { describeMachine, machineLines } from '../serving/machine';
import { type TreeCpu, treeCpu } from '../serving/tree-cpu';
import { benchLogger } from './bench-logger';
import { type Check, checkResults } from './check-results';
import type { ResultsOptions } from './options';
import { experimentKey, pageTime, revenue } from './outcome-stream';
import { Progress } from './progress';
import { type Reading, readByTurns } from './read-by-turns';
import { ResultsRecomputation } from './recompute-results';
import { ResultsDatabase } from './results-database';

const promised = { ratio: 1.5, serverMs: 20, difference: 1e-9 };
const modelsDir = join(__dirname, '../../../models');
const sides = ['small', 'large'] as const;

interface Built {
  readonly folder: string;
  readonly database: ResultsDatabase;
  readonly service: ResultsService;
}

interface Served extends Reading {
  /** CPU milliseconds a read of the large side, its PostgreSQL included; null where it cannot be read. */
  readonly cpuMs: number | null;
}

/** Makes both databases, reads them, computes them anew, prints. @throws Error when the results are not those of the rows. */
export async function runResults(options: ResultsOptions, stack: StopStack, output: Output): Promise<void> {
  const root = options.keptDir ?? mkdtempSync(join(tmpdir(), 'touchstone-results-'));
  mkdirSync(root, { recursive: true });
  if (options.keptDir === null) stack.add(() => rmSync(root, { recursive: true, force: true }));
  output.print(machineLines(describeMachine()).join('\n'));
  const built = {
    small: await build('small', options.small, root, options, stack, output),
    large: await build('large', options.outcomes, root, options, stack, output),
  };
  const inProcess = await readByTurns(
    { small: () => built.small.service.results(experimentKey), large: () => built.large.service.results(experimentKey) },
    options.reads,
  );
  output.print(`ResultsService.results(), ms of one read: ${readingLine(inProcess)}`);
  const checks: Record<string, Check> = {};
  for (const side of sides) {
    checks[side] = await check(built[side], output);
    output.print(
      `${options[side === 'small' ? 'small' : 'outcomes']} outcomes, computed again from their rows: ${checkLine(checks[side])}`,
    );
  }
  for (const side of sides) await built[side].database.stop();
  const served = await readServed({ small: built.small.folder, large: built.large.folder }, options.reads, stack);
  output.print(
    `experiment { results } over HTTP, ms from request to answer: ${readingLine(served)}; CPU of the server and its PostgreSQL ${served.cpuMs?.toFixed(2)} ms a read (large)`,
  );
  if (options.jsonFile !== null)
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine: describeMachine(), options, inProcess, served, checks }, null, 2)}\n`);
  for (const side of sides) judge(checks[side]);
}

async function build(
  side: string,
  outcomes: number,
  root: string,
  options: ResultsOptions,
  stack: StopStack,
  { print, say }: Output,
): Promise<Built> {
  const folder = join(root, `outcomes-${outcomes}-seed-${options.seed}`);
  const logger = benchLogger(say);
  const database = await ResultsDatabase.open(folder, logger);
  stack.add(() => database.stop());
  const progress = new Progress(side, say, () => performance.now());
  const before = treeCpu(process.pid);
  const { events, seconds } = await database.ingest({ ...options, outcomes }, progress, logger);
  const cpu = cpuLine(before, treeCpu(process.pid), events);
  const bytes = await database.sizeBytes();
  if (events > 0)
    print(
      `${side}: ${events} events (${outcomes} outcomes of ${outcomes / 10} units in all) ingested in ${seconds.toFixed(1)} s, ${Math.round(events / seconds)} a second${cpu}; the database has ${(bytes / 2 ** 20).toFixed(0)} MB`,
    );
  await database.settle();
  const { dataSource } = database;
  const service = new ResultsService({
    experiments: new TypeormExperimentStore(dataSource),
    metrics: new MetricCatalog(new TypeormMetricStore(dataSource)),
    sums: new TypeormResultSumsStore(dataSource, () => 0),
    pairs: new TypeormPairedSumsStore(dataSource),
    looks: new TypeormLookStore(dataSource),
    catalog: { classLabels: () => null },
    now: () => new Date(),
  });
  return { folder, database, service };
}

function cpuLine(before: TreeCpu | null, after: TreeCpu | null, events: number): string {
  if (!before || !after) return '';
  const [total, database] = [after.totalUs - before.totalUs, after.databaseUs - before.databaseUs].map((us) => (us / events).toFixed(0));
  return `, ${total} us of CPU an event, ${database} of them PostgreSQL's`;
}

async function check({ database, service }: Built, { say }: Output): Promise<Check> {
  say('computing the results again from the rows of outcomes');
  const metrics = [revenue, pageTime];
  const recomputation = await ResultsRecomputation.begin(database.patient, experimentKey, metrics);
  try {
    const experiments = new TypeormExperimentStore(database.dataSource);
    return await checkResults({ service, experiments, metrics, key: experimentKey }, recomputation);
  } finally {
    await recomputation.end();
  }
}

const query = `query ($key: String!) { experiment(key: $key) { results { units decision { action variant reason }
  health { sampleRatioMismatch { pValue mismatch } multipleExposures labelCoverage { variant coverage } }
  guardrails { metric variant state } metrics { metric role variants { variant units mean standardError pValue
  absoluteLift { estimate lower upper } relativeLift { estimate lower upper } } } } } }`;

/** Over two real servers, one connection each. */
async function readServed(folders: { readonly small: string; readonly large: string }, reads: number, stack: StopStack): Promise<Served> {
  const open = async (dataDir: string) => {
    const server = new Touchstone({ modelsDir, dataDir });
    stack.add(() => server.stop());
    await server.ready();
    const connection = server.connect();
    stack.add(() => connection.close());
    return { server, read: () => connection.ask(query, { key: experimentKey }) };
  };
  const [small, large] = [await open(folders.small), await open(folders.large)];
  const reading = await readByTurns({ small: small.read, large: large.read }, reads);
  const before = treeCpu(large.server.pid);
  for (let read = 0; read < reads; read++) await large.read();
  const after = treeCpu(large.server.pid);
  return { ...reading, cpuMs: before && after && (after.totalUs - before.totalUs) / reads / 1000 };
}

function readingLine({ small, large, ratio, readsEach }: Reading): string {
  const verdict =
    (ratio?.median ?? Number.NaN) <= promised.ratio && (large?.median ?? Number.NaN) < promised.serverMs
      ? 'as promised'
      : 'NOT as promised';
  return `small ${showSpread(small)}, large ${showSpread(large)}, large to small ${showSpread(ratio)} (at most ${promised.ratio}, below ${promised.serverMs} ms: ${verdict}); ${readsEach} reads each`;
}

function checkLine({ readings, countsAreEqual, ofEstimates, ofResults }: Check): string {
  return `counts ${countsAreEqual ? 'equal' : 'DIFFER'} in ${readings} readings; estimates by definition differ by at most ${ofEstimates.share.toExponential(1)} (${ofEstimates.path}), all that follows from the sums by ${ofResults.share.toExponential(1)} (${ofResults.path})`;
}

function judge(check: Check | undefined): void {
  if (!check?.countsAreEqual || check.ofEstimates.share > promised.difference || check.ofResults.share > promised.difference)
    throw new Error('The results are not those that the rows of outcomes give.');
}
