import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';

const AssignmentReasonEnum = {
  ASSIGNED: 'ASSIGNED',
  STICKY: 'STICKY',
  FORCED: 'FORCED',
  NOT_TARGETED: 'NOT_TARGETED',
  NOT_IN_COVERAGE: 'NOT_IN_COVERAGE',
  NOT_IN_NAMESPACE: 'NOT_IN_NAMESPACE',
  IN_HOLDOUT: 'IN_HOLDOUT',
  PREREQUISITE_NOT_MET: 'PREREQUISITE_NOT_MET',
  NOT_RUNNING: 'NOT_RUNNING',
  NO_UNIT: 'NO_UNIT',
} as const;
registerEnumType(AssignmentReasonEnum, {
  name: 'AssignmentReason',
  description: 'Why a unit got the version it got.',
  valuesConfig: {
    ASSIGNED: { description: 'The unit is in the experiment and was given a variant.' },
    STICKY: { description: 'The unit has been in the experiment since its weights were others, and keeps the variant it was given then.' },
    FORCED: { description: 'The experiment names the unit and its variant, for a test; what it does is no evidence.' },
    NOT_TARGETED: { description: 'The attributes do not meet the targeting condition; the champion serves.' },
    NOT_IN_COVERAGE: { description: 'The unit is outside the covered share of traffic; the champion serves.' },
    NOT_IN_NAMESPACE: {
      description: "The unit is outside the experiment's part of its namespace; another experiment may have it, or the champion serves.",
    },
    IN_HOLDOUT: {
      description: "The unit is in the experiment's holdout, so that it takes part in none that names it; the champion serves.",
    },
    PREREQUISITE_NOT_MET: {
      description: 'Another experiment has not decided about the unit what this one asks for, or does not run; the champion serves.',
    },
    NOT_RUNNING: { description: 'The experiment is not running; the champion serves.' },
    NO_UNIT: { description: 'No unitId was given, or not the attribute that the experiment hashes; the champion serves.' },
  },
});

@ObjectType('Assignment', { simpleResolvers: true, description: 'What an experiment decided about one unit.' })
export class AssignmentType {
  @Field(() => String, { description: 'Key of the experiment.' })
  readonly experiment!: string;

  @Field(() => String, { nullable: true, description: 'Key of the variant; null when the experiment does not choose for the unit.' })
  readonly variant!: string | null;

  @Field(() => String, { description: 'The version that serves this unit.' })
  readonly version!: string;

  @Field(() => Boolean, { description: 'True when the unit takes part, so that what it does is evidence.' })
  readonly inExperiment!: boolean;

  @Field(() => Float, {
    nullable: true,
    description: 'Probability, 0..1, with which this unit was given this variant; null outside the experiment.',
  })
  readonly propensity!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The unit that was drawn, where the experiment tells units apart by an attribute; null: the unitId, or it takes no part.',
  })
  readonly unit?: string | null;

  @Field(() => AssignmentReasonEnum, { description: 'Why.' })
  readonly reason!: keyof typeof AssignmentReasonEnum;
}
