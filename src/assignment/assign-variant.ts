import { bucketRanges, chooseVariant } from './bucket-ranges';
import { hashFraction } from './hash';

export interface AssignmentRequest {
  /** The experiment's seed; two experiments with one seed are not independent. */
  readonly seed: string;
  /** The unit of randomisation, for example a user's id. */
  readonly unitId: string;
  /** Share of the units that take part, 0..1. */
  readonly coverage: number;
  /** One a variant, in the experiment's order; they sum to 1. */
  readonly weights: readonly number[];
}

export interface VariantAssignment {
  /** Index into `weights`; null: outside the coverage. */
  readonly index: number | null;
  /** Where the unit falls in 0..1 for this seed. */
  readonly fraction: number;
}

/**
 * The variant of a unit: the same for ever, with no memory and no draw, and the same that a GrowthBook SDK with hash version 2 computes.
 * Raising the coverage never moves a unit that has a variant.
 *
 * @example assignVariant({ seed: 'seed', unitId: 'a', coverage: 1, weights: [0.5, 0.5] }); // { index: 0, fraction: 0.0505 }
 */
export function assignVariant({ seed, unitId, coverage, weights }: AssignmentRequest): VariantAssignment {
  const fraction = hashFraction(seed, unitId);
  return { index: chooseVariant(fraction, bucketRanges(coverage, weights)), fraction };
}
