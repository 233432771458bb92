import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../scalars';
import { ContradictionType } from './contradiction.type';
import { CupedResultType } from './cuped.type';
import { ExperimentHealthType } from './experiment-health.type';
import { ExperimentProgressType } from './experiment-progress.type';
import { GuardrailResultType } from './guardrail.type';
import { ShadowReportType } from './shadow.type';

export const ValidityEnum = { ANYTIME: 'ANYTIME', FIXED_HORIZON: 'FIXED_HORIZON', BAYESIAN: 'BAYESIAN' } as const;
registerEnumType(ValidityEnum, {
  name: 'Validity',
  description: 'When the intervals and the verdict may be trusted.',
  valuesConfig: {
    ANYTIME: { description: 'At every look, however often one looks and whenever one stops.' },
    FIXED_HORIZON: { description: 'At one look only, at the number of units that was planned.' },
    BAYESIAN: { description: 'As a belief under a flat prior; error rates are not promised.' },
  },
});

export const MetricRoleEnum = { PRIMARY: 'PRIMARY', SECONDARY: 'SECONDARY', GUARDRAIL: 'GUARDRAIL' } as const;
registerEnumType(MetricRoleEnum, {
  name: 'MetricRole',
  description: 'What a metric is for in an experiment.',
  valuesConfig: {
    PRIMARY: { description: 'It decides.' },
    SECONDARY: { description: 'It is watched.' },
    GUARDRAIL: { description: 'It must not get worse.' },
  },
});

export const DecisionActionEnum = {
  KEEP_RUNNING: 'KEEP_RUNNING',
  SHIP: 'SHIP',
  ROLL_BACK: 'ROLL_BACK',
  NO_DIFFERENCE: 'NO_DIFFERENCE',
  DO_NOT_TRUST: 'DO_NOT_TRUST',
} as const;
registerEnumType(DecisionActionEnum, {
  name: 'DecisionAction',
  description: 'What the results say to do.',
  valuesConfig: {
    KEEP_RUNNING: { description: 'Nothing is certain yet.' },
    SHIP: { description: 'A variant is better than the control.' },
    ROLL_BACK: { description: 'The control is better.' },
    NO_DIFFERENCE: { description: 'What difference there may be is smaller than what matters.' },
    DO_NOT_TRUST: {
      description: 'The split went wrong, or looks at the primary metric exclude each other: no number below is safe to build on.',
    },
  },
});

@ObjectType('Interval', { simpleResolvers: true, description: 'An estimate and the range that covers the truth.' })
export class IntervalType {
  @Field(() => Float, { description: 'The estimate.' })
  readonly estimate!: number;

  @Field(() => Float, { description: 'Lower end.' })
  readonly lower!: number;

  @Field(() => Float, { description: 'Upper end.' })
  readonly upper!: number;

  @Field(() => Float, { description: 'Probability that the range covers the truth, at all looks together.' })
  readonly level!: number;
}

@ObjectType('VariantResult', { simpleResolvers: true, description: 'What one variant has of one metric.' })
export class VariantResultType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Boolean, { description: 'True for the one that the others are compared with.' })
  readonly isControl!: boolean;

  @Field(() => Float, {
    description: 'Units in the estimate: for ratios those with a denominator, for quantiles those with a value, else every exposed one.',
  })
  readonly units!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'The metric of this variant (of a quantile metric: the quantile, to 0.5%); null before the first observation.',
  })
  readonly mean!: number | null;

  @Field(() => Float, { nullable: true, description: 'Standard error of the mean, over units; null when it cannot be told yet.' })
  readonly standardError!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'What the mean would be if all variants had been alike before (CUPED); the lifts are differences of these. Null: not adjusted.',
  })
  readonly adjustedMean!: number | null;

  @Field(() => IntervalType, {
    nullable: true,
    description:
      'This variant minus the control: the estimate of now, and with ANYTIME what the stored looks and the present one leave together, which the estimate may lie outside of. Null for the control, and of a quantile while a side has no end.',
  })
  readonly absoluteLift!: IntervalType | null;

  @Field(() => IntervalType, { nullable: true, description: 'The same, divided by |control|; null for the control.' })
  readonly relativeLift!: IntervalType | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Always-valid p-value of "no difference from the control", the least of all looks; null for the control.',
  })
  readonly pValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'The same, corrected for the number of comparisons; null for the control.' })
  readonly adjustedPValue!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Posterior probability that this variant is better, flat prior, 0..1; null for the control.',
  })
  readonly chanceToWin!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Expected loss, in units of the metric, of choosing this variant; null for the control.',
  })
  readonly expectedLoss!: number | null;

  @Field(() => Boolean, { nullable: true, description: 'True when the corrected difference is certain; null for the control.' })
  readonly significant!: boolean | null;

  @Field(() => [ContradictionType], {
    description: 'Looks at this lift that exclude each other; then its interval is that of the present look alone. Empty: none.',
  })
  readonly contradictions!: readonly ContradictionType[];
}

@ObjectType('MetricResult', { simpleResolvers: true, description: 'One metric, by variant.' })
export class MetricResultType {
  @Field(() => String, { description: 'Key of the metric.' })
  readonly metric!: string;

  @Field(() => MetricRoleEnum, { description: 'What it is for.' })
  readonly role!: keyof typeof MetricRoleEnum;

  @Field(() => CupedResultType, { nullable: true, description: 'How the lifts were adjusted; null when the plan does not ask for it.' })
  readonly cuped!: CupedResultType | null;

  @Field(() => [VariantResultType], { description: 'By variant, in the order of the experiment.' })
  readonly variants!: readonly VariantResultType[];
}

@ObjectType('Decision', { simpleResolvers: true, description: 'The verdict.' })
export class DecisionType {
  @Field(() => DecisionActionEnum, { description: 'What to do.' })
  readonly action!: keyof typeof DecisionActionEnum;

  @Field(() => String, { nullable: true, description: 'The variant it is about; null when it is about none.' })
  readonly variant!: string | null;

  @Field(() => String, { description: 'Why, in a sentence.' })
  readonly reason!: string;
}

@ObjectType('ExperimentResults', { simpleResolvers: true, description: 'What an experiment has shown so far.' })
export class ExperimentResultsType {
  readonly experiment!: string;

  @Field(() => DateTime, { description: 'When these numbers were taken.' })
  readonly asOf!: Date;

  @Field(() => Float, { description: 'Age in milliseconds of the oldest event that is not in these numbers yet; 0 when all are.' })
  readonly ingestLagMs!: number;

  @Field(() => ValidityEnum, { description: 'When the intervals and the verdict may be trusted.' })
  readonly validity!: keyof typeof ValidityEnum;

  @Field(() => String, {
    nullable: true,
    description:
      'The segment that the numbers are about, with alpha divided by the number of segments of its attribute; null: all units. Segments do not decide.',
  })
  readonly segment!: string | null;

  @Field(() => Float, { description: 'Distinct units exposed, all variants together.' })
  readonly units!: number;

  @Field(() => ExperimentHealthType, { description: 'Whether the numbers can be believed.' })
  readonly health!: ExperimentHealthType;

  @Field(() => [MetricResultType], { description: 'The metrics, the primary one first.' })
  readonly metrics!: readonly MetricResultType[];

  @Field(() => [GuardrailResultType], { description: 'Each guardrail, by treatment.' })
  readonly guardrails!: readonly GuardrailResultType[];

  @Field(() => [ShadowReportType], { description: 'Of a SHADOW each variant that answers beside the control; else empty.' })
  readonly shadows!: readonly ShadowReportType[];

  @Field(() => DecisionType, { description: 'The verdict.' })
  readonly decision!: DecisionType;

  @Field(() => ExperimentProgressType, { description: 'How far it has come with its primary metric.' })
  readonly progress!: ExperimentProgressType;
}
