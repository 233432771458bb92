import type { Answer, ExperimentAssignment, PredictionEvent, PredictionTiming } from '../events/event';
import type { AssignmentDecision } from '../experiments/assignment-decision';
import type { Mirror } from '../experiments/mirrors';
import type { InferenceTiming } from '../model-registry/inference-engine';
import type { Tensor } from '../open-inference/tensor';

export interface PredictionResult {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly answer: Answer;
  /** The assignment that chose the version; null when no experiment applied. */
  readonly assignment: AssignmentDecision | null;
  readonly assignments: readonly AssignmentDecision[];
  readonly timing: PredictionTiming;
  readonly createdAt: Date;
  /** Every output of the graph, where the command wanted them; null: it did not, or the prediction was made earlier, and they are not recorded. */
  readonly outputs: readonly Tensor[] | null;
}

/** Which version answers, and who decided it. */
export interface Route {
  /** Null: the champion. Inside an experiment always the variant's version. */
  readonly version: string | null;
  readonly assignment: AssignmentDecision | null;
  readonly assignments: readonly AssignmentDecision[];
  /** Versions that shall answer the same input afterwards; absent: none. */
  readonly mirrors?: readonly Mirror[];
}

/** The decisions that put the unit into an experiment, as they are recorded. */
export function enrolled(decisions: readonly AssignmentDecision[]): readonly ExperimentAssignment[] {
  return decisions.flatMap(({ experiment, variant, propensity, inExperiment, unit, phase, reason }) =>
    inExperiment && variant !== null && propensity !== null
      ? [
          {
            experiment,
            variant,
            propensity,
            ...(unit !== undefined && { unit }),
            ...(phase && { phase }),
            ...(reason === 'STICKY' && { reason }),
          },
        ]
      : [],
  );
}

/** In whole microseconds: no clock here is better, and further digits would be a tenth of what is recorded. */
export function recordedTiming(timing: InferenceTiming, totalMs: number): PredictionTiming {
  return {
    queueMs: wholeMicroseconds(timing.queueMs),
    preprocessMs: wholeMicroseconds(timing.preprocessMs),
    inferenceMs: wholeMicroseconds(timing.inferenceMs),
    postprocessMs: wholeMicroseconds(timing.postprocessMs),
    batchSize: timing.batchSize,
    totalMs: wholeMicroseconds(totalMs),
  };
}

function wholeMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** @param route null: the prediction was made earlier, so its assignments are those it was recorded with. */
export function toResult(
  event: PredictionEvent,
  answer: Answer,
  route: Route | null,
  outputs: readonly Tensor[] | null = null,
): PredictionResult {
  const { assignment, assignments } = route ?? recordedRoute(event);
  return {
    id: event.id,
    model: event.model,
    version: event.version,
    answer,
    assignment,
    assignments,
    timing: event.timing,
    createdAt: new Date(event.occurredAtMs),
    outputs,
  };
}

function recordedRoute({ assignments, version }: PredictionEvent): Omit<Route, 'version'> {
  const recorded = assignments.map(
    (one): AssignmentDecision => ({ ...one, version, inExperiment: true, reason: one.reason ?? 'ASSIGNED' }),
  );
  return { assignment: recorded[0] ?? null, assignments: recorded };
}
