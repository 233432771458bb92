import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StopStack } from '../../src/concurrency/stop-stack';
import { Ours } from '../contenders/ours';
import type { Output } from '../experiments/bench';
import { ImportClient, type OutcomeAnswer } from './import-client';
import { countMetric, importRow, rowsACall, sumMetric, totalsOf, unitOf } from './import-rows';
import type { ImportOptions } from './options';

const models = join(__dirname, '../../../models');
const experiment = 'import';
const rowsAPrediction = 50;
/** As a client does whose answer got lost. */
const repeatEvery = 50;
const sayEveryMs = 2_000;
const lookEveryMs = 100;
/** With nothing new counted for so long, nothing more will be. */
const stuckAfterMs = 60_000;

/** Imports into a server of its own, and checks what it has counted. @throws Error when a row is not answered or counted as it must be. */
export async function runImport(options: ImportOptions, stack: StopStack, signal: AbortSignal, { print, say }: Output): Promise<void> {
  const { rows, concurrency, units } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'touchstone-import-'));
  stack.add(() => rmSync(scratch, { recursive: true, force: true }));
  const server = new Ours(models, scratch, 1);
  stack.add(() => server.stop());
  await server.start();
  const client = new ImportClient(server.target.port);
  stack.add(() => client.close());
  await prepare(client, units);
  say(`${units} units take part; ${rows} outcomes follow, ${concurrency} calls of ${rowsACall} at once.`);
  const startedAtMs = performance.now();
  const refused = await sendAll(client, options, signal, say);
  const sentMs = performance.now() - startedAtMs;
  const expected = totalsOf(rows, units);
  if (refused !== expected.refused) throw new Error(`${refused} rows were refused, not ${expected.refused}.`);
  await untilCounted(client, { [countMetric]: expected.count, [sumMetric]: expected.sum }, signal, say);
  const countedMs = performance.now() - startedAtMs;
  print(`${rows} outcomes: ${expected.good} good ones counted exactly once, ${refused} bad ones refused with their codes.`);
  print(
    `acknowledged ${perSecond(rows, sentMs)} rows/s (${seconds(sentMs)}), counted ${perSecond(rows, countedMs)} rows/s (${seconds(countedMs)})`,
  );
}

/** An experiment over two versions of the small table model, with its units exposed. */
async function prepare(client: ImportClient, units: number): Promise<void> {
  const define = 'mutation ($input: DefineMetricInput!) { defineMetric(input: $input) { userErrors { message } } }';
  await client.change(define, { input: { key: countMetric, kind: 'COUNT' } });
  await client.change(define, { input: { key: sumMetric, kind: 'MEAN' } });
  const model = 'breast-cancer';
  const variants = ['1', '2'].map((version) => ({ key: `v${version}`, version }));
  const input = { key: experiment, model, variants, primaryMetric: countMetric, secondaryMetrics: [sumMetric] };
  await client.change('mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { userErrors { message } } }', {
    input,
  });
  const start = 'mutation ($key: String!) { startExperiment(key: $key) { userErrors { message } } }';
  await client.change(start, { key: experiment });
  const features = { values: Array.from({ length: 30 }, (_, index) => index) };
  const predict = 'mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { results { __typename } } }';
  for (let from = 0; from < units; from += rowsAPrediction) {
    const count = Math.min(rowsAPrediction, units - from);
    const items = Array.from({ length: count }, (_, index) => ({ model, features, unitId: unitOf(from + index, units) }));
    await client.ask(predict, { input: { items } });
  }
  while ((await client.counted(experiment)).units < units) await delay(lookEveryMs);
}

/** @returns how many rows were refused. */
async function sendAll(client: ImportClient, options: ImportOptions, signal: AbortSignal, say: Output['say']): Promise<number> {
  const { rows, concurrency, units } = options;
  const calls = Math.ceil(rows / rowsACall);
  let [next, answered, refused] = [0, 0, 0];
  let saidAtMs = performance.now();
  const work = async () => {
    while (next < calls && !signal.aborted) {
      const call = next++;
      const from = call * rowsACall;
      const planned = Array.from({ length: Math.min(rowsACall, rows - from) }, (_, index) => importRow(from + index, units));
      const outcomes = planned.map(({ outcome }) => outcome);
      const answers = await client.recordOutcomes(outcomes);
      refused += checkAnswers(planned, answers, from);
      if (call % repeatEvery === 0) checkSame(answers, await client.recordOutcomes(outcomes), from);
      answered += planned.length;
      if (performance.now() - saidAtMs < sayEveryMs) continue;
      saidAtMs = performance.now();
      say(`${answered} of ${rows} outcomes answered, ${refused} refused`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  signal.throwIfAborted();
  return refused;
}

function checkAnswers(planned: readonly ReturnType<typeof importRow>[], answers: readonly OutcomeAnswer[], from: number): number {
  if (answers.length !== planned.length) throw new Error(`${answers.length} of ${planned.length} rows were answered.`);
  for (const [index, { refusal }] of planned.entries()) {
    const { code = null, index: named, message = '' } = answers[index] as OutcomeAnswer;
    if (code !== refusal) throw new Error(`Row ${from + index} was answered with ${code} (${message}), not with ${refusal}.`);
    if (code !== null && named !== index) throw new Error(`Row ${from + index} was named ${named}, not ${index}.`);
  }
  return planned.filter(({ refusal }) => refusal !== null).length;
}

/** The same keys again are the same receipts. */
function checkSame(first: readonly OutcomeAnswer[], again: readonly OutcomeAnswer[], from: number): void {
  const at = first.findIndex(({ id, code }, index) => id !== again[index]?.id || code !== again[index]?.code);
  if (at !== -1) throw new Error(`Row ${from + at} was answered differently when it was sent again.`);
}

async function untilCounted(
  client: ImportClient,
  expected: Readonly<Record<string, number>>,
  signal: AbortSignal,
  say: Output['say'],
): Promise<void> {
  let seen = '';
  let [seenAtMs, saidAtMs] = [performance.now(), performance.now()];
  for (;;) {
    signal.throwIfAborted();
    const { totals, ingestLagMs } = await client.counted(experiment);
    const rounded = Object.fromEntries(Object.keys(expected).map((metric) => [metric, Math.round(totals[metric] ?? 0)]));
    const text = JSON.stringify(rounded);
    const isOver = Object.entries(expected).some(([metric, total]) => (rounded[metric] ?? 0) > total);
    // Only what is left when nothing is on its way any more has been counted once and not twice.
    if (text === JSON.stringify(expected) && ingestLagMs === 0) return;
    if (text !== seen) [seen, seenAtMs] = [text, performance.now()];
    if (isOver || performance.now() - seenAtMs > stuckAfterMs) throw new Error(`Results show ${text}, not ${JSON.stringify(expected)}.`);
    if (performance.now() - saidAtMs > sayEveryMs) {
      saidAtMs = performance.now();
      say(`counted ${text} of ${JSON.stringify(expected)}`);
    }
    await delay(lookEveryMs);
  }
}

function perSecond(rows: number, ms: number): string {
  return Math.round((1000 * rows) / ms).toString();
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
