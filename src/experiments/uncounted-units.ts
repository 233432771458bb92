import { countedUnits } from './counted-units';
import type { Experiment } from './experiment';
import type { Arm } from './experiment-health';
import type { Metric } from './metric';
import { leastUnits } from './metric-result';
import { type ObservedPhase, observePhases } from './observe-arms';
import { showCount } from './say-number';

/** Units of a bandit in phases that are left out, since some variant has too few of them there. */
export interface UncountedUnits {
  readonly units: number;
  /** All of them, those that count included. */
  readonly of: number;
  /** How many there are and why, in a sentence. */
  readonly reason: string;
}

/** Null: all count, or it is no bandit. */
export function uncountedUnits(experiment: Experiment, metric: Metric, arms: readonly Arm[]): UncountedUnits | null {
  const phases = observePhases(metric, arms) ?? [];
  const left = phases.filter((phase) => !phase.counts && unitsOf(phase) > 0);
  const [units, of] = [left, phases].map((some) => some.reduce((sum, phase) => sum + unitsOf(phase), 0)) as [number, number];
  const [first, ...others] = left;
  if (!first) return null;
  const which = countedUnits(metric, experiment.kind);
  // Whoever is over gets no more.
  const yet = experiment.status === 'STOPPED' ? '' : ' yet';
  const [second] = others;
  const more = !second ? '' : others.length === 1 ? `, and so does phase ${second.index}` : `, and so do ${others.length} later ones`;
  const reason = `${showCount(units)} of ${showCount(of)} ${which} do not count${yet}: phase ${first.index} needs ${leastUnits} in each variant${short(first, arms)}${more}.`;
  return { units, of, reason };
}

function unitsOf({ arms }: ObservedPhase): number {
  return arms.reduce((sum, { units }) => sum + units, 0);
}

/** Who has too few; nobody, where a spread is all that is missing. */
function short({ arms: observed }: ObservedPhase, arms: readonly Arm[]): string {
  const few = arms.flatMap(({ variant }, arm) => {
    const { units } = observed[arm] ?? { units: 0 };
    return units < leastUnits ? [`${variant.key} has ${units}`] : [];
  });
  return few.length > 0 ? ` (${few.join(', ')})` : '';
}
