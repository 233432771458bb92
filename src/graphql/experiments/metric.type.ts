import { Field, Float, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { MetricDirection, MetricKind } from '../../experiments/metric';
import { UserErrorType } from '../user-errors';

const MetricKindEnum = {
  PROPORTION: 'proportion',
  MEAN: 'mean',
  COUNT: 'count',
  RATIO: 'ratio',
  QUANTILE: 'quantile',
} as const satisfies Record<string, MetricKind>;
registerEnumType(MetricKindEnum, {
  name: 'MetricKind',
  description: 'How the values of a metric become one number for a variant. Always over units, never over single predictions.',
  valuesConfig: {
    PROPORTION: { description: 'Share of exposed units with at least one outcome other than 0.' },
    MEAN: { description: 'Mean, over exposed units, of the sum of their outcomes; a unit without outcomes counts 0.' },
    COUNT: { description: 'Mean number of outcomes over exposed units, whatever their values.' },
    RATIO: {
      description:
        'Sum of values / sum of denominators, over units that have a denominator. The built-in metrics are ratios, but for quantiles.',
    },
    QUANTILE: {
      description:
        'A quantile over units of the sum of their outcomes; a unit without outcomes does not count. One value a unit, so it is no quantile of single outcomes.',
    },
  },
});

const MetricDirectionEnum = { HIGHER: 'higher', LOWER: 'lower' } as const satisfies Record<string, MetricDirection>;
registerEnumType(MetricDirectionEnum, {
  name: 'MetricDirection',
  description: 'Which way is better.',
  valuesConfig: { HIGHER: { description: 'More is better.' }, LOWER: { description: 'Less is better.' } },
});

@ObjectType('Metric', { simpleResolvers: true, description: 'Something that variants are compared by.' })
export class MetricType {
  @Field(() => String, { description: 'Its name in experiments and outcomes.' })
  readonly key!: string;

  @Field(() => String, { description: 'Its name for people.' })
  readonly name!: string;

  @Field(() => String, { description: 'What it measures.' })
  readonly description!: string;

  @Field(() => MetricKindEnum, { description: 'How its values become one number.' })
  readonly kind!: MetricKind;

  @Field(() => Float, { nullable: true, description: 'Which quantile, between 0 and 1; null for every other kind.' })
  readonly quantile!: number | null;

  @Field(() => MetricDirectionEnum, { description: 'Which way is better.' })
  readonly direction!: MetricDirection;

  @Field(() => Float, { nullable: true, description: "A unit's total counts no further than this; null: no limit." })
  readonly cap!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "For how many milliseconds after a unit's first exposure its outcomes count; null: always.",
  })
  readonly conversionWindowMs!: number | null;

  @Field(() => Float, { description: 'For how many milliseconds a unit must have been exposed before it counts.' })
  readonly maturityMs!: number;

  @Field(() => Boolean, { description: 'True when serving itself measures it, so that nobody sends outcomes for it.' })
  readonly isBuiltIn!: boolean;
}

@InputType('DefineMetricInput', { description: 'A new metric.' })
export class DefineMetricInput {
  @Field(() => String, {
    description: 'Its name in experiments and outcomes: 1 to 63 lower-case letters, digits, "-" and "_", beginning with a letter or digit.',
  })
  readonly key!: string;

  @Field(() => String, { nullable: true, description: 'Its name for people; absent: the key.' })
  readonly name?: string | null;

  @Field(() => String, { nullable: true, description: 'What it measures.' })
  readonly description?: string | null;

  @Field(() => MetricKindEnum, { description: 'How its values become one number.' })
  readonly kind!: MetricKind;

  @Field(() => Float, {
    nullable: true,
    description: 'Which quantile, between 0 and 1, such as 0.95 for p95; for QUANTILE, and only for it.',
  })
  readonly quantile?: number | null;

  @Field(() => MetricDirectionEnum, { nullable: true, defaultValue: 'higher', description: 'Which way is better.' })
  readonly direction?: MetricDirection | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "A unit's total counts no further than this, so that one customer does not decide; absent: no limit. Not for proportions and quantiles.",
  })
  readonly cap?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "For how many milliseconds after a unit's first exposure its outcomes count; absent: always.",
  })
  readonly conversionWindowMs?: number | null;

  @Field(() => Float, {
    nullable: true,
    defaultValue: 0,
    description:
      'For how many milliseconds a unit must have been exposed before it counts, so that those who had no time for their outcomes yet do not. Counted from the end of the hour of the first exposure, or of its day once the experiment has run for two days.',
  })
  readonly maturityMs?: number | null;
}

@ObjectType('DefineMetricPayload', { simpleResolvers: true, description: 'What defining a metric came to.' })
export class DefineMetricPayload {
  @Field(() => MetricType, { nullable: true, description: 'The metric; null when userErrors says why not.' })
  readonly metric!: MetricType | null;

  @Field(() => [UserErrorType], { description: 'What was wrong with the input; empty after success.' })
  readonly userErrors!: readonly UserErrorType[];
}
