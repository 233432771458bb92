import type { ReplicaStats, VariantTimes } from './replica-stats';
import { addTimes, noTimes, type Stage, type StageSummary, stageSummary, stages } from './stage-times';

/** How long the rows of one variant took, over all live replicas. */
export interface VariantLatency {
  readonly variant: string;
  /** One for each of `stages`, in their order. */
  readonly stages: readonly StageSummary[];
}

/** Adds up what replicas counted of one experiment; variants in the order of their keys. */
export function variantLatencies(replicas: readonly ReplicaStats[], experiment: string): readonly VariantLatency[] {
  const byVariant = new Map<string, VariantTimes[]>();
  for (const one of replicas.flatMap((replica) => replica.variants)) {
    if (one.experiment === experiment) byVariant.set(one.variant, [...(byVariant.get(one.variant) ?? []), one]);
  }
  const added = (all: readonly VariantTimes[], stage: Stage) => all.reduce((times, one) => addTimes(times, one.stages[stage]), noTimes);
  return [...byVariant]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([variant, all]) => ({ variant, stages: stages.map((stage) => stageSummary(stage, added(all, stage))) }));
}
