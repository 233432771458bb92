import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StopStack } from '../../src/concurrency/stop-stack';
import { Ceiling } from '../contenders/ceiling';
import type { Contender } from '../contenders/contender';
import { Naive } from '../contenders/naive';
import { Ours } from '../contenders/ours';
import { Seed } from '../contenders/seed';
import { LoadGenerator } from '../load/load-generator';
import type { BenchModel } from './bench-model';
import { checkAnswers } from './check-answers';
import { describeMachine, machineLines } from './machine';
import type { ContenderName, Part, ServingOptions } from './options';
import { reportLines } from './report';
import { ServingBench } from './serving-bench';
import { spreadOf } from './spread';
import type { Workload } from './workload';
import { makeWorkloads, prepareModels } from './workloads';

/** Others' share of the cores above which the reader is warned. */
const loudShare = 0.05;
const percent = (share: number) => `${Math.round(share * 100)}%`;

interface Output {
  /** The result. */
  readonly print: (text: string) => void;
  /** How far it is. */
  readonly say: (text: string) => void;
}

const overloadParts: readonly Part[] = ['image224', 'tabular'];

/** Starts everything, measures, prints; what it started stands on `stack` and is stopped by whoever owns that. */
export async function runServing(options: ServingOptions, stack: StopStack, signal: AbortSignal, { print, say }: Output): Promise<void> {
  const machine = describeMachine();
  const scratchDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  stack.add(() => rmSync(scratchDir, { recursive: true, force: true }));
  const servedDir = join(scratchDir, 'models');
  const models = prepareModels(options, servedDir, join(scratchDir, 'plain'));
  const remarks = [...models.remarks];
  const usable = [models.image, models.tabular].filter((model) => model !== null);
  const ceiling = new Ceiling();
  stack.add(() => ceiling.stop());
  await ceiling.start(usable);
  const wanted = options.only.some((part) => part.startsWith('image') || part === 'tabular') ? options.only : overloadParts;
  const made = await makeWorkloads(models, wanted, options, ceiling);
  const contenders = await startContenders(options, usable, { servedDir, scratchDir, stack, signal, remarks, say });
  const workloads: Workload[] = [];
  for (const workload of made) {
    const checked = await checkAnswers(workload, contenders);
    workloads.push(checked.workload);
    remarks.push(...checked.remarks);
  }
  const generator = new LoadGenerator();
  stack.add(() => generator.stop());
  const measured = options.contenders.includes('ceiling') ? ceiling : null;
  const bench = new ServingBench({ options, generator, ceiling: measured, contenders, workloads, say });
  await bench.run();
  const { cells, ceilings } = bench.results;
  const others = spreadOf(cells.flatMap((cell) => cell.rounds.map((round) => round.othersShare)));
  if (others && others.median > loudShare)
    remarks.push(
      `other processes used ${percent(others.median)} of the cores meanwhile (${percent(others.lowest)}..${percent(others.highest)}): trust ratios of many rounds only.`,
    );
  print([...machineLines(machine), ...contenders.map((one) => `${one.name}: ${one.description}`), ...ceilingLine(measured)].join('\n'));
  print(
    [`${options.rounds} rounds of ${options.seconds} s; medians (lowest..highest)`, ...remarks.map((remark) => `Note: ${remark}`)].join(
      '\n',
    ),
  );
  print(reportLines(bench.results, workloads).join('\n'));
  if (options.jsonFile !== null)
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine, options, remarks, cells, ceilings }, null, 2)}\n`);
}

function ceilingLine(ceiling: Ceiling | null): readonly string[] {
  if (!ceiling) return [];
  return [`ceiling: decode, exact resize and inference in a loop on ${ceiling.threads} threads, no HTTP, no GraphQL, no queue, no records`];
}

interface Surroundings {
  readonly servedDir: string;
  readonly scratchDir: string;
  readonly stack: StopStack;
  readonly signal: AbortSignal;
  readonly remarks: string[];
  readonly say: (text: string) => void;
}

/** One that cannot be run here is left out, with a sentence. */
async function startContenders(options: ServingOptions, models: readonly BenchModel[], surroundings: Surroundings) {
  const { servedDir, scratchDir, stack, signal, remarks, say } = surroundings;
  const factories: Readonly<Record<ContenderName, () => readonly Contender[]>> = {
    ceiling: () => [],
    ours: () => options.processes.map((processes) => new Ours(servedDir, scratchDir, processes)),
    naive: () => [new Naive(models)],
    seed: () => (options.seedDir === null ? [] : [new Seed(options.seedDir, models, scratchDir)]),
  };
  const started: Contender[] = [];
  for (const contender of options.contenders.flatMap((name) => factories[name]())) {
    // What is started after everything was stopped would be left behind.
    signal.throwIfAborted();
    say(`starting ${contender.name}`);
    stack.add(() => contender.stop());
    try {
      await contender.start(signal);
      started.push(contender);
    } catch (error) {
      remarks.push(`${contender.name} is left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (options.seedDir === null && options.contenders.includes('seed'))
    remarks.push('seed is left out: no --seed DIR with its document was given.');
  return started;
}
