import type { Ceiling } from '../contenders/ceiling';
import type { Contender } from '../contenders/contender';
import type { LoadGenerator } from '../load/load-generator';
import type { Loop } from '../load/load-job';
import { measure } from './measure';
import type { ServingOptions } from './options';
import { Results } from './results';
import type { Workload } from './workload';

export interface BenchParts {
  readonly options: ServingOptions;
  readonly generator: LoadGenerator;
  /** Null: it was not asked for. */
  readonly ceiling: Ceiling | null;
  readonly contenders: readonly Contender[];
  readonly workloads: readonly Workload[];
  readonly say: (text: string) => void;
}

const longestWarmUpMs = 1000;
/** Before a contender is first measured with a workload, in measurements: just-in-time compilers take about ten seconds, longer with several processes. */
const firstWarmUps = 3;
/** The first is what contenders are compared with, the others show whether batches would raise it. */
const ceilingBatches: Readonly<Record<Workload['name'], readonly number[]>> = {
  image224: [1, 2, 4],
  image640: [1, 2, 4],
  tabular: [1],
  'tabular-batch': [32],
  trivial: [],
};
const openMaxInFlight = 256;
const overloadFactors = [2, 4];
const overloadWorkloads = ['image224', 'image640', 'tabular'];
const overloadWarmUpMs = 2000;
const referenceConnections = 16;

/** Runs everything in rounds: within a round the contenders take turns, and each round begins with another of them. */
export class ServingBench {
  readonly results = new Results();
  readonly #parts: BenchParts;
  readonly #warm = new Set<string>();

  constructor(parts: BenchParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { options, workloads } = this.#parts;
    const { only } = options;
    const isClosedWanted = only.some((part) => part === 'image224' || part === 'image640' || part === 'tabular');
    const connections = isClosedWanted ? options.connections : [referenceConnections];
    for (let round = 0; round < options.rounds; round++) {
      for (const workload of workloads) {
        await this.#measureCeiling(workload, round);
        for (const count of connections) await this.#closed(workload, count, round);
      }
    }
    if (only.includes('open'))
      for (let round = 0; round < options.rounds; round++) for (const one of workloads) await this.#open(one, round);
    if (only.includes('overload'))
      for (let round = 0; round < options.rounds; round++)
        for (const one of workloads.filter(({ name }) => overloadWorkloads.includes(name)))
          for (const factor of overloadFactors) await this.#overload(one, factor, round);
  }

  async #measureCeiling(workload: Workload, round: number): Promise<void> {
    const { ceiling, options } = this.#parts;
    if (!ceiling) return;
    for (const batchSize of ceilingBatches[workload.name]) {
      this.#say(round, workload, 'ceiling', `batch ${batchSize}`);
      const rate = await ceiling.rate(workload, batchSize, options.seconds * 1000);
      if (rate !== null) this.results.addCeiling(workload.name, batchSize, rate);
    }
  }

  async #closed(workload: Workload, connections: number, round: number): Promise<void> {
    const loop: Loop = { kind: 'closed', connections };
    for (const contender of this.#turns(round)) await this.#measure(contender, workload, loop, `${connections} closed`, round);
  }

  /** The same rate for all, below what either of ours and naive can do. */
  async #open(workload: Workload, round: number): Promise<void> {
    const ratePerSecond = this.#parts.options.ratePerSecond ?? this.#openRate(workload);
    if (ratePerSecond === null) return;
    const loop: Loop = { kind: 'open', ratePerSecond, maxInFlight: openMaxInFlight };
    for (const contender of this.#turns(round))
      await this.#measure(contender, workload, loop, `${Math.round(ratePerSecond)}/s open`, round);
  }

  #openRate({ name }: Workload): number | null {
    const peaks = this.#parts.contenders.flatMap((contender) => {
      const peak = contender.name === 'seed' ? null : this.results.peak(name, contender.name);
      return peak === null ? [] : [peak];
    });
    return peaks.length === 0 ? null : Math.max(1, Math.round(Math.min(...peaks) / 2));
  }

  async #overload(workload: Workload, factor: number, round: number): Promise<void> {
    for (const contender of this.#turns(round)) {
      const peak = contender.name === 'seed' ? null : this.results.peak(workload.name, contender.name);
      if (peak === null || peak === 0) continue;
      const loop: Loop = { kind: 'open', ratePerSecond: peak * factor, maxInFlight: openMaxInFlight };
      await this.#measure(contender, workload, loop, `overload ${factor}x`, round, this.#parts.options.deadlineMs);
    }
  }

  async #measure(
    contender: Contender,
    workload: Workload,
    loop: Loop,
    label: string,
    round: number,
    deadlineMs: number | null = null,
  ): Promise<void> {
    const { generator, options } = this.#parts;
    this.#say(round, workload, contender.name, label);
    const durationMs = options.seconds * 1000;
    const isWarm = this.#warm.has(`${workload.name} ${contender.name}`);
    this.#warm.add(`${workload.name} ${contender.name}`);
    const usualWarmUpMs = deadlineMs === null ? Math.min(longestWarmUpMs, durationMs / 2) : overloadWarmUpMs;
    const warmUpMs = usualWarmUpMs + (isWarm ? 0 : firstWarmUps * durationMs);
    const settings = { loop, warmUpMs, durationMs, deadlineMs };
    const measurement = await measure(generator, contender, workload, settings);
    if (measurement) this.results.add(workload.name, label, contender.name, measurement);
  }

  #turns(round: number): readonly Contender[] {
    const { contenders } = this.#parts;
    const first = round % contenders.length;
    return [...contenders.slice(first), ...contenders.slice(0, first)];
  }

  #say(round: number, workload: Workload, contender: string, label: string): void {
    this.#parts.say(`round ${round + 1}/${this.#parts.options.rounds}: ${workload.name}, ${label}, ${contender}`);
  }
}
