import { Field, Float, InputType, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars';

@InputType('PolicyWeightInput', { description: 'How likely one variant would be under the weights that are asked about.' })
export class PolicyWeightInput {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Float, { description: 'Its weight, 0..1; all of them add up to 1, and a variant that is not named has 0.' })
  readonly weight!: number;
}

@ObjectType('ReportEstimate', { simpleResolvers: true, description: 'An estimate with the interval of one look.' })
export class ReportEstimateType {
  @Field(() => Float, { description: 'The estimate, in the unit of the metric.' })
  readonly estimate!: number;

  @Field(() => Float, { description: 'Its standard error.' })
  readonly standardError!: number;

  @Field(() => Float, { description: 'Lower end.' })
  readonly lower!: number;

  @Field(() => Float, { description: 'Upper end.' })
  readonly upper!: number;
}

@ObjectType('OffPolicyReport', {
  simpleResolvers: true,
  description: 'What a metric would have been under other weights, by how likely each unit was to get its variant.',
})
export class OffPolicyReportType {
  @Field(() => String, { description: 'Key of the experiment.' })
  readonly experiment!: string;

  @Field(() => String, { description: 'Key of the metric.' })
  readonly metric!: string;

  @Field(() => DateTime, { description: 'When the units were read.' })
  readonly asOf!: Date;

  @Field(() => Float, { description: 'Units in the report: those whose first prediction is kept, of a ratio those with a denominator.' })
  readonly units!: number;

  @Field(() => Float, { description: 'Units that are left out, because their first prediction is older than RETENTION_DAYS.' })
  readonly unitsWithoutPropensity!: number;

  @Field(() => Float, { description: '1 when all units were read; n when there are more than 200,000, and every n-th was.' })
  readonly sampledOneIn!: number;

  @Field(() => Float, { description: 'Probability that an interval covers the truth, at one look: 1 - alpha of the plan.' })
  readonly level!: number;

  @Field(() => ReportEstimateType, {
    nullable: true,
    description: 'What the metric was, under the weights that were in force; null with fewer than two units.',
  })
  readonly logged!: ReportEstimateType | null;

  @Field(() => ReportEstimateType, {
    nullable: true,
    description: 'Inverse propensity score: unbiased, with a large error where a weight is large. Null for ratios.',
  })
  readonly ips!: ReportEstimateType | null;

  @Field(() => ReportEstimateType, {
    nullable: true,
    description: 'Divided by the sum of the weights, of a ratio by that of the weighted denominators: nearly unbiased, and much steadier.',
  })
  readonly selfNormalised!: ReportEstimateType | null;

  @Field(() => ReportEstimateType, {
    nullable: true,
    description:
      'The mean of each variant, corrected by what it got wrong (doubly robust): the steadiest where variants differ. Null for ratios.',
  })
  readonly doublyRobust!: ReportEstimateType | null;

  @Field(() => Float, { description: 'How many units under these weights themselves the units are worth.' })
  readonly effectiveSampleSize!: number;

  @Field(() => Float, { description: 'The largest quotient of asked and logged probability.' })
  readonly largestWeight!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean of these quotients: 1, but for chance, when the logged probabilities are right.',
  })
  readonly meanWeight!: number | null;

  @Field(() => [String], { description: 'What speaks against deciding by it, in sentences.' })
  readonly warnings!: readonly string[];
}
