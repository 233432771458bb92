import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import type { Experiment } from '../../experiments/experiment';
import { DateTime } from '../scalars';

@InputType('RolloutStepInput', { description: 'One step of a rollout.' })
export class RolloutStepInput {
  @Field(() => Float, {
    description:
      'Share of all units that the new version serves, above 0 and at most 0.5; as many stay with the present one to be compared.',
  })
  readonly share!: number;

  @Field(() => Float, { defaultValue: 600_000, description: 'How many milliseconds the step lasts at least.' })
  readonly minDurationMs!: number;

  @Field(() => Int, {
    defaultValue: 100,
    description: 'How many units the new version must have served in all before the next step.',
  })
  readonly minUnits!: number;
}

@InputType('RolloutInput', { description: 'How a new version takes over.' })
export class RolloutInput {
  @Field(() => [RolloutStepInput], {
    description: 'The steps, each with a larger share than the one before. After the last one it is shipped.',
  })
  readonly steps!: readonly RolloutStepInput[];
}

@ObjectType('RolloutStep', { simpleResolvers: true, description: 'One step of a rollout.' })
export class RolloutStepType {
  @Field(() => Float, { description: 'Share of all units that the new version serves.' })
  readonly share!: number;

  @Field(() => Float, { description: 'How many milliseconds the step lasts at least.' })
  readonly minDurationMs!: number;

  @Field(() => Float, { description: 'How many units the new version must have served in all before the next step.' })
  readonly minUnits!: number;
}

@ObjectType('Rollout', { simpleResolvers: true, description: 'How a new version takes over, and how far it has come.' })
export class RolloutType {
  @Field(() => [RolloutStepType], { description: 'The steps.' })
  readonly steps!: readonly RolloutStepType[];

  @Field(() => Int, { nullable: true, description: 'Number of the present step, from 0; null while it is a draft and when it is over.' })
  readonly step!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When that step began, or went on after a pause.' })
  readonly stepStartedAt!: Date | null;
}

export function toRollout(experiment: Experiment): RolloutType | null {
  if (!experiment.rollout) return null;
  const progress = experiment.status === 'RUNNING' || experiment.status === 'PAUSED' ? experiment.progress : null;
  return { steps: experiment.rollout.steps, step: progress?.step ?? null, stepStartedAt: progress?.stepStartedAt ?? null };
}
