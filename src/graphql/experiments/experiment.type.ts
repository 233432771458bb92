import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Experiment, ExperimentKind, ExperimentStatus } from '../../experiments/experiment';
import { DateTime, JSONObject } from '../scalars';
import { AnalysisPlanType } from './analysis.type';
import { HoldoutType, PrerequisiteType } from './audience.type';
import { BanditType, toBandit } from './bandit.type';
import { GuardrailType } from './guardrail.type';
import { ForcedVariantType, NamespaceType } from './namespace.type';
import { RolloutType, toRollout } from './rollout.type';

export const ExperimentStatusEnum = { DRAFT: 'DRAFT', RUNNING: 'RUNNING', PAUSED: 'PAUSED', STOPPED: 'STOPPED' } as const;
registerEnumType(ExperimentStatusEnum, {
  name: 'ExperimentStatus',
  description: 'Where an experiment is in its life.',
  valuesConfig: {
    DRAFT: { description: 'Being written; everything of it can still be changed.' },
    RUNNING: { description: 'Splits the traffic of its model.' },
    PAUSED: { description: 'The champion serves; nobody new is exposed. Can be resumed.' },
    STOPPED: { description: 'Over. The champion serves; the results stay.' },
  },
});

export const ExperimentKindEnum = { AB: 'AB', ROLLOUT: 'ROLLOUT', SHADOW: 'SHADOW', BANDIT: 'BANDIT' } as const satisfies {
  [K in ExperimentKind]: K;
};
registerEnumType(ExperimentKindEnum, {
  name: 'ExperimentKind',
  description: 'How an experiment uses the traffic.',
  valuesConfig: {
    AB: { description: 'Each unit gets one variant, for good; two or more variants are compared.' },
    ROLLOUT: {
      description:
        'A new version takes over step by step, compared with the present one at each step. It goes back by itself as soon as it is worse, and is shipped after the last step.',
    },
    SHADOW: {
      description:
        'The control answers everybody. The other variants answer the same inputs afterwards, seen by nobody, and are compared pair by pair: that needs a fraction of the traffic.',
    },
    BANDIT: {
      description:
        'Each unit gets one variant, for good, and new units go more and more to the variant that is best, as far as is known. It ends when somebody ends it.',
    },
  },
});

@ObjectType('Variant', { simpleResolvers: true, description: 'One arm of an experiment.' })
export class VariantType {
  @Field(() => String, { description: 'Its name in assignments and results.' })
  readonly key!: string;

  @Field(() => String, { description: 'Its name for people.' })
  readonly name!: string;

  @Field(() => String, { description: 'The version of the model that serves it.' })
  readonly version!: string;

  @Field(() => Float, { description: 'Its share of the covered traffic, 0..1; of a bandit, that of its present phase.' })
  readonly weight!: number;

  @Field(() => Boolean, { description: 'True for the one that the others are compared with.' })
  readonly isControl!: boolean;
}

@ObjectType('Experiment', { simpleResolvers: true, description: 'A comparison of versions of one model on live traffic.' })
export class ExperimentType {
  @Field(() => String, { description: 'Its name in the API.' })
  readonly key!: string;

  @Field(() => String, { description: 'Its name for people.' })
  readonly name!: string;

  @Field(() => String, { nullable: true, description: 'What is expected, and why; null when nobody wrote it down.' })
  readonly hypothesis!: string | null;

  @Field(() => String, { description: 'The model whose traffic it splits.' })
  readonly model!: string;

  @Field(() => ExperimentKindEnum, { description: 'How it uses the traffic.' })
  readonly kind!: keyof typeof ExperimentKindEnum;

  @Field(() => ExperimentStatusEnum, { description: 'Where it is in its life.' })
  readonly status!: ExperimentStatus;

  @Field(() => Int, { description: 'Grows by one with each change.' })
  readonly revision!: number;

  @Field(() => [VariantType], { description: 'Its arms, the control among them.' })
  readonly variants!: readonly VariantType[];

  @Field(() => Float, { description: 'Share of units that take part, 0..1; of a rollout, that of its present step.' })
  readonly coverage!: number;

  @Field(() => RolloutType, { nullable: true, description: 'The steps of a rollout; null for another kind.' })
  readonly rollout!: RolloutType | null;

  @Field(() => BanditType, { nullable: true, description: 'How a bandit moves its traffic; null for another kind.' })
  readonly bandit!: BanditType | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'The condition on attributes that units must meet, as GrowthBook writes it; null: everybody.',
  })
  readonly targeting!: Readonly<Record<string, unknown>> | null;

  @Field(() => NamespaceType, {
    nullable: true,
    description: 'The part of the units that it may take, the first of `namespaces`; null: all.',
  })
  readonly namespace!: NamespaceType | null;

  @Field(() => [NamespaceType], { description: 'The parts of the units that it may take: a unit must be in all of them. None: all units.' })
  readonly namespaces!: readonly NamespaceType[];

  @Field(() => HoldoutType, { nullable: true, description: 'The units that it leaves alone; null: none.' })
  readonly holdout!: HoldoutType | null;

  @Field(() => [PrerequisiteType], { description: 'What other experiments must have decided about a unit; all must hold.' })
  readonly prerequisites!: readonly PrerequisiteType[];

  @Field(() => String, { nullable: true, description: 'The attribute by which units are told apart and counted; null: the unitId.' })
  readonly hashAttribute!: string | null;

  @Field(() => [ForcedVariantType], { description: 'Units that get a variant by name, for a test; what they do does not count.' })
  readonly forcedVariants!: readonly ForcedVariantType[];

  @Field(() => String, { description: 'What the assignment hash is seeded with.' })
  readonly seed!: string;

  @Field(() => Int, { description: "What assigns units: version 1 or 2 of GrowthBook's hash, or 3, our own." })
  readonly hashVersion!: number;

  @Field(() => String, { description: 'Key of the metric that decides.' })
  readonly primaryMetric!: string;

  @Field(() => [String], { description: 'Keys of the metrics that are watched beside it.' })
  readonly secondaryMetrics!: readonly string[];

  @Field(() => [GuardrailType], { description: 'Metrics that must not get worse.' })
  readonly guardrails!: readonly GuardrailType[];

  @Field(() => [String], { description: 'Attributes by whose values the results can be told apart.' })
  readonly segments!: readonly string[];

  @Field(() => AnalysisPlanType, { description: 'How the verdict will be reached.' })
  readonly analysis!: AnalysisPlanType;

  @Field(() => DateTime, { description: 'When it was written.' })
  readonly createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it first split traffic; null while it is a draft.' })
  readonly startedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Since when it is paused; null when it is not.' })
  readonly pausedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it has not.' })
  readonly stoppedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'The variant whose version became champion; null when none was shipped.' })
  readonly shippedVariant!: string | null;
}

export function toExperiment(experiment: Experiment): ExperimentType {
  const noState = { startedAt: null, pausedAt: null, stoppedAt: null, shippedVariant: null };
  const [namespace = null] = experiment.namespaces;
  return {
    ...noState,
    ...experiment,
    namespace,
    rollout: toRollout(experiment),
    bandit: toBandit(experiment),
    forcedVariants: toForcedVariants(experiment),
  };
}

function toForcedVariants({ forced }: Experiment): readonly ForcedVariantType[] {
  return Object.entries(forced).map(([unitId, variant]) => ({ unitId, variant }));
}
