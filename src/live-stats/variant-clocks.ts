import type { ExperimentAssignment, PredictionTiming } from '../events/event';
import type { VariantTimes } from './replica-stats';
import { StageClocks } from './stage-times';

/** Rows of more variants than this are counted together, under no name: what is published each second must stay small. */
const maxVariants = 1_000;

/** The times of rows on this replica, by the variants that they were given. */
export class VariantClocks {
  readonly #clocks = new Map<string, Map<string, StageClocks>>();
  #variantCount = 0;

  add(assignments: readonly ExperimentAssignment[], timing: PredictionTiming): void {
    for (const { experiment, variant } of assignments) this.#of(experiment, variant).add(timing, 1);
  }

  times(): readonly VariantTimes[] {
    return [...this.#clocks].flatMap(([experiment, variants]) =>
      [...variants].map(([variant, clocks]) => ({ experiment, variant, stages: clocks.times() })),
    );
  }

  #of(experiment: string, variant: string): StageClocks {
    const known = this.#clocks.get(experiment)?.get(variant);
    if (known) return known;
    if (this.#variantCount >= maxVariants && experiment !== '') return this.#of('', '');
    const clocks = new StageClocks();
    const variants = this.#clocks.get(experiment) ?? new Map<string, StageClocks>();
    this.#clocks.set(experiment, variants.set(variant, clocks));
    this.#variantCount++;
    return clocks;
  }
}
