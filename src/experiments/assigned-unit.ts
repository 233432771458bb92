import type { ExperimentAssignment } from '../events/event';

/**
 * The unit of a prediction in one of its experiments: what was drawn there is what is counted there. Null: nobody knows it.
 *
 * @example assignedUnit({ unitId: 'ann' }, { experiment: 'x', variant: 'new', propensity: 0.5, unit: 'acme' }); // 'acme'
 */
export function assignedUnit({ unitId }: { readonly unitId: string | null }, { unit }: ExperimentAssignment): string | null {
  return unit ?? unitId;
}
