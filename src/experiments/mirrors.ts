import type { AssignmentDecision } from './assignment-decision';
import type { Experiment, Variant } from './experiment';

/** A version that answers the same input, too, seen by nobody. */
export interface Mirror {
  readonly experiment: string;
  readonly variant: string;
  readonly version: string;
}

/** Who answers beside the version that an experiment chose: in a shadow all others, elsewhere the control where it foretells them. Null: nobody. */
export function mirrorsOf(running: readonly Experiment[], decision: AssignmentDecision): readonly Mirror[] | null {
  if (!decision.inExperiment) return null;
  const experiment = running.find(({ key }) => key === decision.experiment);
  if (!experiment) return null;
  if (experiment.kind === 'SHADOW') return asMirrors(experiment, ({ isControl }) => !isControl);
  if (!experiment.analysis.controlScore) return null;
  const control = asMirrors(experiment, ({ isControl }) => isControl);
  return control[0]?.variant === decision.variant ? null : control;
}

function asMirrors({ key, variants }: Experiment, isMirror: (variant: Variant) => boolean): readonly Mirror[] {
  return variants.filter(isMirror).map(({ key: variant, version }) => ({ experiment: key, variant, version }));
}
