import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StopStack } from '../../src/concurrency/stop-stack';
import { postJson } from '../contenders/http-request';
import type { Output } from '../experiments/bench';
import { showSpread } from '../experiments/show-spread';
import { startExperiment } from '../experiments/start-experiment';
import { Touchstone } from '../experiments/touchstone';
import { LoadGenerator } from '../load/load-generator';
import type { LoadRequest } from '../load/load-job';
import { describeMachine, machineLines } from '../serving/machine';
import { spreadOf } from '../serving/spread';
import { untilQuiet } from '../serving/tree-cpu';
import { type MeanDifference, meanDifference } from './mean-difference';
import { routeCost } from './route-cost';
import { serverCpu } from './server-cpu';
import { insideModel, outsideModel, threeExperiments } from './three-experiments';

export interface ExperimentCostOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: readonly number[];
  readonly jsonFile: string | null;
}

/** One side of one round: microseconds a prediction; CPU null where it cannot be read. */
interface Measured {
  readonly answerUs: number;
  /** Half of the answers come sooner; within 1%. */
  readonly medianUs: number | null;
  readonly servingUs: number | null;
  readonly ingestUs: number | null;
}

interface Round {
  readonly inside: Measured;
  readonly outside: Measured;
}

const root = join(__dirname, '../../..');
const promisedUs = 50;
const unitCount = 3_000;
const [warmUpMs, settleMs] = [500, 15_000];
const countries = ['DE', 'AT', 'CH'];

/** Starts everything, measures, prints; what it started stands on `stack`. */
export async function runExperimentCost(options: ExperimentCostOptions, stack: StopStack, { print, say }: Output): Promise<void> {
  const scratchDir = mkdtempSync(join(tmpdir(), 'touchstone-experiment-cost-'));
  stack.add(() => rmSync(scratchDir, { recursive: true, force: true }));
  print(machineLines(describeMachine()).join('\n'));
  const { insideUs, outsideUs } = await routeCost();
  print(`ExperimentRouter.route alone, us: three experiments ${showSpread(insideUs)}, none ${showSpread(outsideUs, 3)}`);
  const server = await startServer(scratchDir, stack);
  const generator = new LoadGenerator();
  stack.add(() => generator.stop());
  const bench = new CostBench(server, generator, options.seconds);
  const measured: { readonly connections: number; readonly rounds: readonly Round[] }[] = [];
  for (const connections of options.connections) {
    const rounds = await bench.rounds(connections, options.rounds, say);
    measured.push({ connections, rounds });
    print(lines(connections, rounds).join('\n'));
  }
  if (options.jsonFile !== null)
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine: describeMachine(), options, insideUs, outsideUs, measured }, null, 2)}\n`);
}

async function startServer(scratchDir: string, stack: StopStack): Promise<Touchstone> {
  const modelsDir = join(scratchDir, 'models');
  for (const model of [insideModel, outsideModel])
    cpSync(join(root, 'models/breast-cancer/1'), join(modelsDir, model, '1'), { recursive: true });
  const server = new Touchstone({ modelsDir, dataDir: join(scratchDir, 'data') });
  stack.add(() => server.stop());
  await server.ready();
  const connection = server.connect();
  for (const experiment of threeExperiments()) await startExperiment(connection, experiment);
  connection.close();
  return server;
}

class CostBench {
  readonly #server: Touchstone;
  readonly #generator: LoadGenerator;
  readonly #durationMs: number;
  readonly #inside = requests(insideModel, '"assignment":{"variant":"');
  readonly #outside = requests(outsideModel, '"assignment":null');

  constructor(server: Touchstone, generator: LoadGenerator, seconds: number) {
    this.#server = server;
    this.#generator = generator;
    this.#durationMs = 1000 * seconds;
  }

  /** Each begins with the other side, so that what drifts hits both. The first is not counted. */
  async rounds(connections: number, count: number, say: Output['say']): Promise<readonly Round[]> {
    const rounds: Round[] = [];
    for (let round = 0; round <= count; round++) {
      say(`${connections} connections: ${round === 0 ? 'warming up' : `round ${round} of ${count}`}`);
      const measure = (isInside: boolean) => this.#measure(isInside ? this.#inside : this.#outside, connections);
      const insideFirst = round % 2 === 0;
      const [first, second] = [await measure(insideFirst), await measure(!insideFirst)];
      if (round > 0) rounds.push(insideFirst ? { inside: first, outside: second } : { inside: second, outside: first });
    }
    return rounds;
  }

  /** CPU time counts when all that was put off is done. @throws Error when an answer was not the right one. */
  async #measure(wanted: readonly LoadRequest[], connections: number): Promise<Measured> {
    const { pid, target } = this.#server;
    const before = serverCpu(pid);
    const loop = { kind: 'closed', connections } as const;
    const report = await this.#generator.run({ target, requests: wanted, loop, warmUpMs, durationMs: this.#durationMs, deadlineMs: null });
    if (Object.keys(report.failures).length > 0) throw new Error(`Not every prediction succeeded: ${JSON.stringify(report.failures)}.`);
    await untilQuiet(pid, settleMs);
    const after = serverCpu(pid);
    const perAnswer = (of: 'servingUs' | 'ingestUs') => before && after && (after[of] - before[of]) / report.answered;
    return {
      // Little's law: the mean time of an answer is the number under way by their rate.
      answerUs: (1e6 * connections) / report.okPerSecond,
      medianUs: report.p50Ms === null ? null : 1000 * report.p50Ms,
      servingUs: perAnswer('servingUs'),
      ingestUs: perAnswer('ingestUs'),
    };
  }
}

const query =
  'mutation ($input: PredictInput!) { predict(input: $input) { id version label confidence predictedClass assignment { variant } } }';

/** Rows by turns, each request of another unit. */
function requests(model: string, expected: string): readonly LoadRequest[] {
  const [header = '', ...lines] = readFileSync(join(root, 'demo/data/breast-cancer/rows.csv'), 'utf8').trim().split(/\r?\n/);
  const names = header.split(',');
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [names[index], Number(cell)])));
  return Array.from({ length: unitCount }, (_, index) => {
    const attributes = { country: countries[index % countries.length] };
    const input = { model, features: rows[index % rows.length], unitId: `unit-${index}`, attributes };
    return { bytes: postJson('/graphql', { query, variables: { input } }), expected: [expected] };
  });
}

function lines(connections: number, rounds: readonly Round[]): readonly string[] {
  const line = (title: string, of: keyof Measured, promise = '') => {
    const pairs = rounds.map(({ inside, outside }) => [inside[of], outside[of]] as const);
    const [insides, outsides] = [spreadOf(pairs.map(([inside]) => inside)), spreadOf(pairs.map(([, outside]) => outside))];
    const differences = spreadOf(pairs.map(([inside, outside]) => (inside === null || outside === null ? null : inside - outside)));
    return `  ${title}: inside ${showSpread(insides, 0)}, outside ${showSpread(outsides, 0)}, more inside ${showSpread(differences, 1)}; mean ${showMean(meanDifference(pairs))}${promise}`;
  };
  return [
    `${connections} connections, ${rounds.length} rounds, us a prediction, medians (lowest..highest):`,
    line('until the answer, mean', 'answerUs'),
    line('until the answer, median', 'medianUs', ` (promised: below ${promisedUs})`),
    line("CPU of the server without its ingester's", 'servingUs', ` (promised: below ${promisedUs})`),
    line('CPU of the ingester and PostgreSQL', 'ingestUs'),
  ];
}

function showMean(difference: MeanDifference | null): string {
  if (!difference) return 'nothing measured';
  const { mean, standardError } = difference;
  return standardError === null ? mean.toFixed(1) : `${mean.toFixed(1)}, standard error ${standardError.toFixed(1)}`;
}
