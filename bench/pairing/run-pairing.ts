import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StopStack } from '../../src/concurrency/stop-stack';
import { Draws } from '../error-rates/draws';
import type { Output } from '../experiments/bench';
import type { GraphqlConnection } from '../experiments/graphql-connection';
import { startExperiment } from '../experiments/start-experiment';
import { Touchstone } from '../experiments/touchstone';
import { spreadOf } from '../serving/spread';
import { type CorrectnessTable, savingsOf } from './correctness-table';
import { type HeldOutDigit, heldOutDigits } from './held-out-digits';
import { type UnitsToVerdict, unitsToVerdict } from './units-to-verdict';

const variants = [
  { key: 'linear', version: '1' },
  { key: 'cnn', version: '3' },
];
const common = { model: 'digits', variants, primaryMetric: 'accuracy' };
const visitsAtOnce = 8;
const lookEveryMs = 100;
const patienceMs = 60_000;

const predict = 'mutation ($input: PredictInput!) { predict(input: $input) { id } }';
const label = 'mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }';
const stop = 'mutation ($key: String!) { stopExperiment(key: $key) { userErrors { message } } }';
const shadowQuery = `{ experiment(key: "shadow") { results { shadows { pairs varianceRatio
  correctness { bothCorrect onlyControlCorrect onlyTreatmentCorrect neitherCorrect } } } } }`;
const scoreQuery =
  '{ experiment(key: "score") { results { metrics { variants { units } cuped { varianceRemoved applied reason } } health { labelCoverage { labelled } } } } }';

interface ShadowResults {
  readonly pairs: number;
  readonly varianceRatio: number | null;
  readonly correctness: CorrectnessTable | null;
}

interface ScoreResults {
  readonly metrics: readonly {
    readonly variants: readonly { readonly units: number }[];
    readonly cuped: { readonly varianceRemoved: number | null };
  }[];
}

/** @throws Error when the server does not count what it was sent. */
export async function runPairing({ runs }: { readonly runs: number }, stack: StopStack, { print, say }: Output): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-pairing-'));
  stack.add(() => rmSync(dataDir, { recursive: true, force: true }));
  const server = new Touchstone({ modelsDir: join(__dirname, '../../../models'), dataDir });
  stack.add(() => server.stop());
  await server.ready();
  const connection = server.connect();
  stack.add(() => connection.close());
  const digits = heldOutDigits();
  say(`Version 1 answers ${digits.length} held-out digits, version 3 in its shadow.`);
  const shadow = await runShadow(connection, digits);
  say('The same digits as an A/B test, with what version 1 would have answered to the inputs of version 3.');
  const removed = await runScore(connection, digits);
  report(shadow, removed, digits.length, print);
  say(`Units to a verdict, ${runs} times.`);
  const draws = new Draws(1, 2, 3);
  reportUnits(
    Array.from({ length: runs }, () => unitsToVerdict(shadow.table, () => draws.uniform())),
    print,
  );
}

async function runShadow(connection: GraphqlConnection, digits: readonly HeldOutDigit[]) {
  await startExperiment(connection, { key: 'shadow', kind: 'SHADOW', ...common });
  await visit(connection, digits, 'shadow');
  const read = async () => {
    const { experiment } = await connection.ask<{ experiment: { results: { shadows: readonly ShadowResults[] } } }>(shadowQuery);
    const [one] = experiment.results.shadows;
    const labelled = Object.values(one?.correctness ?? {}).reduce((sum, inputs) => sum + inputs, 0);
    return one?.correctness && one.pairs === digits.length && labelled === digits.length
      ? { table: one.correctness, ratio: one.varianceRatio ?? 0 }
      : null;
  };
  const found = await until('every pair is counted', read);
  await connection.submit(stop, { key: 'shadow' });
  return found;
}

async function runScore(connection: GraphqlConnection, digits: readonly HeldOutDigit[]): Promise<number> {
  await startExperiment(connection, { key: 'score', ...common, analysis: { controlScore: true } });
  await visit(connection, digits, 'score');
  // Each look takes in what the last shadows have said; when nothing changes any more, all have.
  let last: number | null = null;
  return until('every score is counted', async () => {
    const { experiment } = await connection.ask<{ experiment: { results: ScoreResults } }>(scoreQuery);
    const [metric] = experiment.results.metrics;
    const units = metric?.variants.reduce((sum, one) => sum + one.units, 0) ?? 0;
    const removed = metric?.cuped.varianceRemoved ?? null;
    const isSettled = units === digits.length && removed !== null && removed === last;
    last = removed;
    return isSettled ? removed : null;
  });
}

async function visit(connection: GraphqlConnection, digits: readonly HeldOutDigit[], experiment: string): Promise<void> {
  for (let from = 0; from < digits.length; from += visitsAtOnce) {
    const visits = digits.slice(from, from + visitsAtOnce).map(async ({ file, image, label: truth }) => {
      const input = { model: 'digits', image, unitId: `${experiment}-${file}` };
      const answer = await connection.ask<{ predict: { id: string } }>(predict, { input });
      await connection.ask(label, { input: { predictionId: answer.predict.id, class: truth } });
    });
    await Promise.all(visits);
  }
}

async function until<T>(what: string, read: () => Promise<T | null>): Promise<T> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookEveryMs) {
    const found = await read();
    if (found !== null) return found;
    await delay(lookEveryMs);
  }
  throw new Error(`In ${patienceMs / 1000} s it did not come to that ${what}.`);
}

function report(
  { table, ratio }: { readonly table: CorrectnessTable; readonly ratio: number },
  removed: number,
  inputs: number,
  print: Output['print'],
): void {
  const { unitsOfShadow, leastUnitsOfShadow, removedByScore, mostRemovedByScore } = savingsOf(table);
  const { bothCorrect, onlyControlCorrect, onlyTreatmentCorrect, neitherCorrect } = table;
  print(
    `${inputs} held-out digits: both right ${bothCorrect}, only version 1 ${onlyControlCorrect}, only version 3 ${onlyTreatmentCorrect}, neither ${neitherCorrect}`,
  );
  print(
    `shadow: ${(ratio / 2).toFixed(3)} of the units of an A/B test (by the table ${unitsOfShadow.toFixed(3)}; with these accuracies at least ${leastUnitsOfShadow.toFixed(3)})`,
  );
  print(
    `control's score: ${(100 * removed).toFixed(1)}% of the variance taken out (by the table ${(100 * removedByScore).toFixed(1)}%; with these accuracies at most ${(100 * mostRemovedByScore).toFixed(1)}%)`,
  );
}

function reportUnits(found: readonly UnitsToVerdict[], print: Output['print']): void {
  const medianOf = (way: keyof UnitsToVerdict) => spreadOf(found.map((one) => one[way]))?.median ?? Number.NaN;
  const [split, withScore, shadow] = [medianOf('split'), medianOf('splitWithScore'), medianOf('shadow')];
  print(
    `units to a verdict, median of ${found.length}: A/B ${split}, A/B with the control's score ${withScore} (${(withScore / split).toFixed(2)}), shadow ${shadow} (${(shadow / split).toFixed(2)})`,
  );
}
