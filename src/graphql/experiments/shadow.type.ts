import { Field, Float, ObjectType } from 'type-graphql';

@ObjectType('PairedCorrectness', {
  simpleResolvers: true,
  description:
    'Labelled inputs by which version was right, with McNemar\'s test of "equally often right". It takes inputs as independent and is for one look; the lifts of the metrics need neither.',
})
export class PairedCorrectnessType {
  @Field(() => Float, { description: 'Inputs that both got right.' })
  readonly bothCorrect!: number;

  @Field(() => Float, { description: 'Inputs that only the control got right.' })
  readonly onlyControlCorrect!: number;

  @Field(() => Float, { description: 'Inputs that only this variant got right.' })
  readonly onlyTreatmentCorrect!: number;

  @Field(() => Float, { description: 'Inputs that both got wrong.' })
  readonly neitherCorrect!: number;

  @Field(() => Float, { description: 'Exact two-sided p-value.' })
  readonly exactPValue!: number;

  @Field(() => Float, { description: 'The mid-p variant of it, closer to its nominal level.' })
  readonly midPValue!: number;
}

@ObjectType('ModelAgreement', { simpleResolvers: true, description: 'How far two versions answer the same class; needs no label.' })
export class ModelAgreementType {
  @Field(() => Float, { description: 'Share of inputs with the same class, 0..1.' })
  readonly agreement!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "Cohen's kappa: agreement beyond chance, at most 1; null when one class is all there is, for more than 50 classes, and where the versions number their classes differently.",
  })
  readonly kappa!: number | null;

  @Field(() => Float, { description: 'Inputs that both classified.' })
  readonly pairs!: number;
}

@ObjectType('ConfidenceShift', { simpleResolvers: true, description: 'How far apart the confidences of two versions are.' })
export class ConfidenceShiftType {
  @Field(() => Float, { description: 'Population stability index between the two distributions, in nats.' })
  readonly psi!: number;

  @Field(() => Float, { description: 'What the index exceeds by chance in one of twenty cases.' })
  readonly nullQuantile95!: number;
}

@ObjectType('PairedLatency', { simpleResolvers: true, description: 'Mean time of an answer on the same inputs, without waiting.' })
export class PairedLatencyType {
  @Field(() => Float, { description: 'Of the control, in milliseconds.' })
  readonly control!: number;

  @Field(() => Float, { description: 'Of this variant, in milliseconds.' })
  readonly treatment!: number;
}

@ObjectType('ShadowReport', { simpleResolvers: true, description: 'A variant that answers beside the control, input by input.' })
export class ShadowReportType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Float, { description: 'Inputs that both versions were given.' })
  readonly pairs!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Pairs / predictions of the control, 0..1. Below 1 where shadows were shed under load or are still to come.',
  })
  readonly coverage!: number | null;

  @Field(() => PairedCorrectnessType, { nullable: true, description: 'Who was right; null before the first label.' })
  readonly correctness!: PairedCorrectnessType | null;

  @Field(() => ModelAgreementType, {
    nullable: true,
    description: 'Whether both answer alike; null for models without classes.',
  })
  readonly agreement!: ModelAgreementType | null;

  @Field(() => ConfidenceShiftType, { nullable: true, description: 'Whether both are as confident; null for models without classes.' })
  readonly confidenceShift!: ConfidenceShiftType | null;

  @Field(() => PairedLatencyType, { nullable: true, description: 'How long both take, in milliseconds; null before the first pair.' })
  readonly serviceMs!: PairedLatencyType | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Variance of the paired difference of the primary metric / variance of the difference between two arms of as many units each: what pairing saves. A shadow needs varianceRatio / 2 of the units of an A/B test.',
  })
  readonly varianceRatio!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'How many units an A/B test would have needed to tell the primary metric as precisely as this shadow does by now.',
  })
  readonly unitsOfSplit!: number | null;
}
