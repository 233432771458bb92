import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import type { CovariateSource } from '../../experiments/metric-result';

export const CovariateSourceEnum = {
  PRE_EXPOSURE: 'PRE_EXPOSURE',
  CONTROL_SCORE: 'CONTROL_SCORE',
} as const satisfies { [K in CovariateSource]: K };
registerEnumType(CovariateSourceEnum, {
  name: 'CovariateSource',
  description: 'What units are adjusted by.',
  valuesConfig: {
    PRE_EXPOSURE: { description: 'What the same unit had of the metric before its first exposure.' },
    CONTROL_SCORE: { description: "What the control's version would have had of the metric on the same inputs." },
  },
});

@ObjectType('CupedResult', {
  simpleResolvers: true,
  description: 'How the lifts of a metric were adjusted by what is known of its units from elsewhere.',
})
export class CupedResultType {
  @Field(() => CovariateSourceEnum, {
    nullable: true,
    description: 'What the units are adjusted by; null: nothing is known for this metric.',
  })
  readonly covariate!: CovariateSource | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Share of the variance that is gone, about the squared correlation; a little below 0 when the covariate says nothing. Null: not applied.',
  })
  readonly varianceRemoved!: number | null;

  @Field(() => Boolean, { description: 'Whether lifts, p-values and chances are those of adjusted variants.' })
  readonly applied!: boolean;

  @Field(() => String, { nullable: true, description: 'Why it was not applied, in a sentence; null when it was.' })
  readonly reason!: string | null;
}

@ObjectType('PreExperimentBias', {
  simpleResolvers: true,
  description:
    'What the units of a variant had of a metric before their first exposure, against those of the control. Nothing can differ there but by chance.',
})
export class PreExperimentBiasType {
  @Field(() => String, { description: 'Key of the metric.' })
  readonly metric!: string;

  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Float, { description: 'Always-valid p-value of "no difference before".' })
  readonly pValue!: number;

  @Field(() => Float, { nullable: true, description: '(variant - control) / |control|, before; null when the control had nothing.' })
  readonly imbalance!: number | null;

  @Field(() => Boolean, { description: 'True when p < 0.001 / number of tests; the verdict warns then.' })
  readonly flagged!: boolean;
}
