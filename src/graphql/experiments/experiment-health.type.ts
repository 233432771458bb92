import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../scalars';
import { PreExperimentBiasType } from './cuped.type';

@ObjectType('VariantUnits', { simpleResolvers: true, description: 'Units of one variant.' })
class VariantUnitsType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Float, { description: 'Units.' })
  readonly units!: number;
}

@ObjectType('SampleRatioMismatch', {
  simpleResolvers: true,
  description: 'Whether traffic was split as planned. When it was not, something is broken and no verdict is given.',
})
class SampleRatioMismatchType {
  @Field(() => Float, { nullable: true, description: 'Chi-square p-value of the split; null before there is enough traffic.' })
  readonly pValue!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Always-valid p-value of the split, which may be looked at as often as one likes; null before the first unit.',
  })
  readonly anytimePValue!: number | null;

  @Field(() => Boolean, { description: 'True when the chi-square p-value is below 0.001.' })
  readonly mismatch!: boolean;

  @Field(() => [VariantUnitsType], { description: 'Units as they were exposed.' })
  readonly observed!: readonly VariantUnitsType[];

  @Field(() => [VariantUnitsType], { description: 'Units as the weights promise.' })
  readonly expected!: readonly VariantUnitsType[];
}

@ObjectType('LabelCoverage', { simpleResolvers: true, description: 'For how many predictions of a variant the truth is known.' })
class LabelCoverageType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Float, { description: 'Predictions made.' })
  readonly predictions!: number;

  @Field(() => Float, { description: 'Predictions whose truth was reported.' })
  readonly labelled!: number;

  @Field(() => Float, { nullable: true, description: 'labelled / predictions, 0..1; null before the first prediction.' })
  readonly coverage!: number | null;
}

@ObjectType('LabelCoverageTest', {
  simpleResolvers: true,
  description:
    'Whether the variants get labels equally often: chi-square of one look, with counts divided for predictions of one unit, which are not independent.',
})
class LabelCoverageTestType {
  @Field(() => Float, {
    nullable: true,
    description:
      'Too large rather than too small. Null while a cell has fewer than 5 expected, or when no metric of the experiment needs labels.',
  })
  readonly pValue!: number | null;

  @Field(() => Boolean, { description: 'True when p < 0.001.' })
  readonly imbalanced!: boolean;
}

const HealthStatusEnum = { HEALTHY: 'HEALTHY', WARNING: 'WARNING', BROKEN: 'BROKEN' } as const;
registerEnumType(HealthStatusEnum, {
  name: 'HealthStatus',
  description: 'Whether the numbers of an experiment can be believed.',
  valuesConfig: {
    HEALTHY: { description: 'Nothing speaks against them.' },
    WARNING: { description: 'They may mislead, or stand still.' },
    BROKEN: { description: 'They mean nothing.' },
  },
});

@ObjectType('ExperimentHealth', { simpleResolvers: true, description: 'Whether the numbers of an experiment can be believed.' })
export class ExperimentHealthType {
  @Field(() => HealthStatusEnum, { description: 'The worst of what was found.' })
  readonly status!: keyof typeof HealthStatusEnum;

  @Field(() => [String], { description: 'What is wrong, the worst first, each a sentence that says what to do.' })
  readonly problems!: readonly string[];

  @Field(() => SampleRatioMismatchType, { description: 'Whether traffic was split as planned.' })
  readonly sampleRatioMismatch!: SampleRatioMismatchType;

  @Field(() => Float, { description: 'Units that were seen in more than one variant; they are analysed in the first one.' })
  readonly multipleExposures!: number;

  @Field(() => Float, { description: 'Labels and outcomes whose prediction did not come within 24 hours.' })
  readonly unmatched!: number;

  @Field(() => [LabelCoverageType], { description: 'For how many predictions the truth is known, by variant.' })
  readonly labelCoverage!: readonly LabelCoverageType[];

  @Field(() => LabelCoverageTestType, { description: 'Whether the variants get labels equally often.' })
  readonly labelCoverageTest!: LabelCoverageTestType;

  @Field(() => DateTime, { nullable: true, description: 'When the newest prediction in the experiment was made; null: none yet.' })
  readonly lastExposureAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When the newest label of its predictions came in; null: none yet.' })
  readonly lastLabelAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the newest outcome of its units came in, of the metrics it watches; null: none yet.',
  })
  readonly lastOutcomeAt!: Date | null;

  @Field(() => [PreExperimentBiasType], {
    description: 'Whether the variants were alike before, by metric with CUPED and treatment, where there are enough units.',
  })
  readonly preExperimentBias!: readonly PreExperimentBiasType[];
}
