import { bucketRanges } from '../assignment/bucket-ranges';
import { rebucket } from '../assignment/rebucket';
import type { VariantRanges } from '../assignment/variant-ranges';
import type { BanditPhase } from './bandit';
import { phasesOf } from './bandit-phases';
import type { Experiment } from './experiment';

interface Cut {
  readonly first: BanditPhase;
  readonly phases: number;
  readonly ranges: VariantRanges;
}

/**
 * What of 0..1 each variant owns after all phases: the first cuts it as any experiment's weights do, each later one moves as few units as it can
 * (`rebucket`). The same on all replicas, since it follows from the phases. What was cut is kept, for experiments are read again and again and phases only
 * ever added.
 */
export class PhaseRanges {
  readonly #cuts = new Map<string, Cut>();

  /** Null: it has no phases, and its weights say all. */
  of(experiment: Experiment): VariantRanges | null {
    const { key, coverage } = experiment;
    const phases = phasesOf(experiment);
    const [first] = phases;
    if (!first) return null;
    const known = this.#cuts.get(key);
    const isUsable = known && known.phases <= phases.length && known.first.startedAt.getTime() === first.startedAt.getTime();
    const begun = isUsable ? known : { first, phases: 1, ranges: bucketRanges(coverage, first.weights).map((range) => [range]) };
    const ranges = phases
      .slice(begun.phases)
      .reduce<VariantRanges>((cut, { weights }) => rebucket(cut, { weights, coverage }), begun.ranges);
    this.#cuts.set(key, { first, phases: phases.length, ranges });
    return ranges;
  }
}
