import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';

@InputType('SampleSizeInput', { description: 'What an experiment shall be able to find.' })
export class SampleSizeInput {
  @Field(() => Float, { description: 'What is expected of the control, in the unit of the metric: 0.95 for an accuracy of 95%.' })
  readonly baselineMean!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Standard deviation of one unit, in the unit of the metric; absent: that of a share, from the mean.',
  })
  readonly standardDeviation?: number | null;

  @Field(() => Float, { description: 'The smallest relative change that shall be found: 0.02 for 2% of the mean.' })
  readonly minimumDetectableEffect!: number;

  @Field(() => Float, { defaultValue: 0.05, description: 'Probability of a false verdict, over all looks together, when nothing differs.' })
  readonly alpha!: number;

  @Field(() => Float, { defaultValue: 0.8, description: 'Probability that the change is found when it is there.' })
  readonly power!: number;

  @Field(() => Int, { defaultValue: 2, description: 'How many variants there are, the control among them.' })
  readonly variants!: number;

  @Field(() => Float, { nullable: true, description: 'How many units take part in a day, all variants together; absent: not known.' })
  readonly unitsPerDay?: number | null;
}

@ObjectType('SampleSizePlan', { simpleResolvers: true, description: 'How many units an experiment needs.' })
export class SampleSizePlanType {
  @Field(() => Float, {
    nullable: true,
    description: 'Units that each variant needs when the results are looked at at any time, as they are here; null: more than anybody has.',
  })
  readonly unitsPerVariant!: number | null;

  @Field(() => Float, { nullable: true, description: 'The same, all variants together.' })
  readonly units!: number | null;

  @Field(() => Float, { nullable: true, description: 'How many days that takes; null when unitsPerDay was not given.' })
  readonly days!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'What a test with a single look, fixed beforehand, would need for each variant: the price of looking at any time is the difference.',
  })
  readonly unitsPerVariantAtFixedHorizon!: number | null;
}
