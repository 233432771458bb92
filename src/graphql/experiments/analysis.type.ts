import { Field, Float, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { AnalysisMethod } from '../../experiments/experiment';

export const AnalysisMethodEnum = {
  ALWAYS_VALID: 'ALWAYS_VALID',
  FIXED_HORIZON: 'FIXED_HORIZON',
  BAYESIAN: 'BAYESIAN',
} as const satisfies { [K in AnalysisMethod]: K };
registerEnumType(AnalysisMethodEnum, {
  name: 'AnalysisMethod',
  description: 'How the verdict is reached.',
  valuesConfig: {
    ALWAYS_VALID: { description: 'Confidence sequences: the error rate holds however often the results are looked at.' },
    FIXED_HORIZON: { description: "Welch's t test at a number of units that is fixed beforehand: one look, and no verdict before it." },
    BAYESIAN: { description: 'Posterior under a flat prior, credible intervals. Looking again and again is not paid for.' },
  },
});

@ObjectType('AnalysisPlan', {
  simpleResolvers: true,
  description: 'How the verdict will be reached; fixed once the experiment has started.',
})
export class AnalysisPlanType {
  @Field(() => AnalysisMethodEnum, { description: 'The method.' })
  readonly method!: keyof typeof AnalysisMethodEnum;

  @Field(() => Float, { description: 'Probability of a false verdict when nothing differs; with ALWAYS_VALID over all looks together.' })
  readonly alpha!: number;

  @Field(() => Float, { nullable: true, description: 'At how many units a variant FIXED_HORIZON decides; null for another method.' })
  readonly plannedUnitsPerVariant?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Smallest relative change of the primary metric that matters, for example 0.02; lets the verdict say NO_DIFFERENCE. Null: any.',
  })
  readonly minimumDetectableEffect!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "A treatment that is certainly not worse than this share of the control's mean is shipped too; null: it must be better.",
  })
  readonly nonInferiorityMargin!: number | null;

  @Field(() => Boolean, {
    description: 'Whether what units did before their first exposure is taken out of what they did after it (CUPED).',
  })
  readonly cuped!: boolean;

  @Field(() => Float, { description: "How long before a unit's first exposure counts for that, in milliseconds." })
  readonly cupedLookbackMs!: number;

  @Field(() => Boolean, {
    description:
      "Whether the control's version answers the inputs of the other variants, too, unseen, to take out what it would have got right.",
  })
  readonly controlScore!: boolean;
}

@InputType('AnalysisInput', { description: 'How the verdict shall be reached.' })
export class AnalysisInput {
  @Field(() => AnalysisMethodEnum, { nullable: true, description: 'The method; absent: ALWAYS_VALID.' })
  readonly method?: keyof typeof AnalysisMethodEnum | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Probability of a false verdict, over all looks together, when nothing differs. Absent: 0.05, or what it is in the experiment that is updated.',
  })
  readonly alpha?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Smallest relative change of the primary metric that matters, for example 0.02; lets the verdict say NO_DIFFERENCE.',
  })
  readonly minimumDetectableEffect?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "A treatment that is certainly not worse than this share of the control's mean is shipped too, for example 0.01. Absent: it must be better.",
  })
  readonly nonInferiorityMargin?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'For FIXED_HORIZON: at how many units a variant its one look is (see sampleSize). Not for another method.',
  })
  readonly plannedUnitsPerVariant?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether what units did before their first exposure is taken out of what they did after it (CUPED): the same lifts with less noise, for metrics of your own. Absent: false.',
  })
  readonly cuped?: boolean | null;

  @Field(() => Float, {
    nullable: true,
    description: "How long before a unit's first exposure counts for that, in milliseconds, from an hour to a year. Absent: 14 days.",
  })
  readonly cupedLookbackMs?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the control's version answers the inputs of the other variants, too, seen by nobody and at the lowest priority, and what it would have got right is taken out of accuracy and confidence: the same lifts with less noise. Absent: false.",
  })
  readonly controlScore?: boolean | null;
}
