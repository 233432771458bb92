import { Field, Float, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars';

@ObjectType('ExperimentProgress', {
  simpleResolvers: true,
  description: 'How far an experiment has come with its primary metric, from what was observed of its mean and spread, never of its lift.',
})
export class ExperimentProgressType {
  @Field(() => Float, {
    nullable: true,
    description: "The plan's minimumDetectableEffect, a share of the control's mean; null: the plan names none.",
  })
  readonly targetRelativeEffect!: number | null;

  @Field(() => Float, { description: 'With what probability the change shall be found: 0.8.' })
  readonly targetPower!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'The smallest relative change that is found with that probability, with the units of now (FIXED_HORIZON: with the planned ones); null: none yet.',
  })
  readonly detectableRelativeEffect!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Probability that a change of the target is found, with the same units; null without a target, or when it cannot be said.',
  })
  readonly power!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Units still to come, all variants together; 0 when there are enough, null when it cannot be said.',
  })
  readonly unitsNeeded!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Units that came in a day, on average since the start; null until the first hour is over.',
  })
  readonly unitsPerDay!: number | null;

  @Field(() => Float, { nullable: true, description: 'unitsNeeded / unitsPerDay; null when it cannot be said.' })
  readonly daysLeft!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the units will have come; null when it cannot be said, while paused and when they have.',
  })
  readonly estimatedEndAt!: Date | null;

  @Field(() => String, { description: 'The same in plain words, and why what is null is not known.' })
  readonly reason!: string;
}
