import { compileAssignment, type Decide } from '../assignment/compile-assignment';
import { compileIdentity, idAttribute, type Unit } from '../assignment/unit';
import type { VariantRanges } from '../assignment/variant-ranges';
import type { Experiment } from './experiment';

/** An experiment as the function that draws its units. */
export interface CompiledExperiment {
  readonly decide: Decide;
  /** What the experiment hashes of a unit. */
  readonly identity: (unit: Unit) => string;
}

/** @param ranges what its variants own by now; null: what their weights give. */
export function compileExperiment(experiment: Experiment, ranges: VariantRanges | null): CompiledExperiment {
  const { key, seed, hashVersion, coverage, targeting, forced, prerequisites, namespaces, holdout, hashAttribute, variants } = experiment;
  const decide = compileAssignment({
    ...{ key, seed, hashVersion, coverage, targeting, forced, prerequisites, ...(hashAttribute !== null && { hashAttribute }) },
    variants: variants.map((variant) => variant.key),
    ...(ranges ? { ranges } : { weights: variants.map(({ weight }) => weight) }),
    namespaces: namespaces.map(({ id, start, end }) => [id, start, end]),
    ...(holdout && { holdout: { ...holdout, ...(hashAttribute !== null && { attribute: hashAttribute }) } }),
  });
  return { decide, identity: compileIdentity(hashAttribute ?? idAttribute) };
}
