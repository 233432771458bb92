import { Field, Float, InputType, Int } from 'type-graphql';
import type { JsonObject } from '../../events/event';
import type { ExperimentStatus } from '../../experiments/experiment';
import { JSONObject } from '../scalars';
import { AnalysisInput } from './analysis.type';
import { HoldoutInput, PrerequisiteInput } from './audience.type';
import { BanditInput } from './bandit.type';
import { ExperimentKindEnum, ExperimentStatusEnum } from './experiment.type';
import { GuardrailInput } from './guardrail.type';
import { ForcedVariantInput, NamespaceInput } from './namespace.type';
import { RolloutInput } from './rollout.type';

@InputType('VariantInput', { description: 'One arm of an experiment.' })
export class VariantInput {
  @Field(() => String, { description: 'Its name in assignments and results.' })
  readonly key!: string;

  @Field(() => String, { nullable: true, description: 'Its name for people; absent: the key.' })
  readonly name?: string | null;

  @Field(() => String, { description: 'The version of the model that serves it. Two variants may name the same one.' })
  readonly version!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'Its share of the covered traffic, 0..1; all weights sum to 1. Absent in all variants: equal shares.',
  })
  readonly weight?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'True: the others are compared with this one. Absent everywhere: the first one.' })
  readonly control?: boolean | null;
}

@InputType('CreateExperimentInput', { description: 'A new experiment; it starts as a draft.' })
export class CreateExperimentInput {
  @Field(() => String, { description: 'Its name in the API.' })
  readonly key!: string;

  @Field(() => String, { nullable: true, description: 'Its name for people; absent: the key.' })
  readonly name?: string | null;

  @Field(() => String, { nullable: true, description: 'What is expected, and why.' })
  readonly hypothesis?: string | null;

  @Field(() => String, { description: 'The model whose traffic it splits.' })
  readonly model!: string;

  @Field(() => ExperimentKindEnum, { nullable: true, defaultValue: 'AB', description: 'How it uses the traffic.' })
  readonly kind?: keyof typeof ExperimentKindEnum | null;

  @Field(() => [VariantInput], { description: 'Two or more arms. The first is the control unless one says so itself.' })
  readonly variants!: readonly VariantInput[];

  @Field(() => Float, {
    nullable: true,
    defaultValue: 1,
    description: 'Share of units that take part, 0..1. Raising it later never moves a unit that takes part.',
  })
  readonly coverage?: number | null;

  @Field(() => RolloutInput, {
    nullable: true,
    description: 'The steps of a rollout; absent: 1%, 5%, 25% and 50%, ten minutes and 100 units each. Not for another kind.',
  })
  readonly rollout?: RolloutInput | null;

  @Field(() => BanditInput, {
    nullable: true,
    description: 'How a bandit moves its traffic; absent: Thompson sampling each hour, no weight below 0.05. Not for another kind.',
  })
  readonly bandit?: BanditInput | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'A condition on the attributes, as GrowthBook writes it, for example {"country": "DE"}. Absent: everybody.',
  })
  readonly targeting?: JsonObject | null;

  @Field(() => NamespaceInput, {
    nullable: true,
    description: 'A part of the units that it may take; like `namespaces` with this one alone. Absent: all.',
  })
  readonly namespace?: NamespaceInput | null;

  @Field(() => [NamespaceInput], {
    nullable: true,
    description: 'The parts of the units that it may take, each of another namespace: a unit must be in all of them.',
  })
  readonly namespaces?: readonly NamespaceInput[] | null;

  @Field(() => HoldoutInput, { nullable: true, description: 'Units that it leaves alone; absent: none.' })
  readonly holdout?: HoldoutInput | null;

  @Field(() => [PrerequisiteInput], {
    nullable: true,
    description: 'What other experiments must have decided about a unit, at most 5; all must hold.',
  })
  readonly prerequisites?: readonly PrerequisiteInput[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'An attribute, for example "company", by whose values units are told apart, drawn and counted, in place of the unitId. Only with metrics that predictions measure themselves. Absent: the unitId.',
  })
  readonly hashAttribute?: string | null;

  @Field(() => [ForcedVariantInput], {
    nullable: true,
    description: 'Units that get a variant by name, for a test, at most 100; what they do does not count.',
  })
  readonly forcedVariants?: readonly ForcedVariantInput[] | null;

  @Field(() => String, { nullable: true, description: 'What the assignment hash is seeded with; absent: the key.' })
  readonly seed?: string | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 2,
    description: "What assigns units: version 1 or 2 of GrowthBook's hash, or 3, our own, for shares finer than 0.0001.",
  })
  readonly hashVersion?: number | null;

  @Field(() => String, { description: 'Key of the metric that decides.' })
  readonly primaryMetric!: string;

  @Field(() => [String], { nullable: true, description: 'Keys of metrics to watch beside it.' })
  readonly secondaryMetrics?: readonly string[] | null;

  @Field(() => [GuardrailInput], { nullable: true, description: 'Metrics that must not get worse, at most 20.' })
  readonly guardrails?: readonly GuardrailInput[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Attributes by whose values the results shall be told apart, for example ["country"]; at most 5.',
  })
  readonly segments?: readonly string[] | null;

  @Field(() => AnalysisInput, { nullable: true, description: 'How the verdict shall be reached; absent: ALWAYS_VALID with alpha 0.05.' })
  readonly analysis?: AnalysisInput | null;
}

@InputType('UpdateExperimentInput', { description: 'What to change in an experiment; what is absent stays.' })
export class UpdateExperimentInput {
  @Field(() => String, { nullable: true, description: 'Its name for people.' })
  readonly name?: string | null;

  @Field(() => String, { nullable: true, description: 'What is expected, and why.' })
  readonly hypothesis?: string | null;

  @Field(() => [VariantInput], { nullable: true, description: 'Its arms, all of them. Only while it is a draft.' })
  readonly variants?: readonly VariantInput[] | null;

  @Field(() => Float, { nullable: true, description: 'Share of units that take part, 0..1. Once it has started it can only grow.' })
  readonly coverage?: number | null;

  @Field(() => RolloutInput, { nullable: true, description: 'The steps of a rollout. Only while it is a draft.' })
  readonly rollout?: RolloutInput | null;

  @Field(() => BanditInput, { nullable: true, description: 'How a bandit moves its traffic. Only while it is a draft.' })
  readonly bandit?: BanditInput | null;

  @Field(() => JSONObject, { nullable: true, description: 'The condition on attributes; null: everybody. Only while it is a draft.' })
  readonly targeting?: JsonObject | null;

  @Field(() => NamespaceInput, {
    nullable: true,
    description: 'A part of the units that it may take, in place of all parts it has; null: all. Only while it is a draft.',
  })
  readonly namespace?: NamespaceInput | null;

  @Field(() => [NamespaceInput], {
    nullable: true,
    description:
      'The parts of the units that it may take, each of another namespace: a unit must be in all of them. Only while it is a draft.',
  })
  readonly namespaces?: readonly NamespaceInput[] | null;

  @Field(() => HoldoutInput, { nullable: true, description: 'Units that it leaves alone; null: none. Only while it is a draft.' })
  readonly holdout?: HoldoutInput | null;

  @Field(() => [PrerequisiteInput], {
    nullable: true,
    description: 'What other experiments must have decided about a unit, at most 5; all must hold. Only while it is a draft.',
  })
  readonly prerequisites?: readonly PrerequisiteInput[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'An attribute, for example "company", by whose values units are told apart, drawn and counted, in place of the unitId. Only with metrics that predictions measure themselves. Null: the unitId. Only while it is a draft.',
  })
  readonly hashAttribute?: string | null;

  @Field(() => [ForcedVariantInput], {
    nullable: true,
    description:
      'Units that get a variant by name, for a test, at most 100, all of them; what they do does not count. Once it has started, only units that it has not seen can be added.',
  })
  readonly forcedVariants?: readonly ForcedVariantInput[] | null;

  @Field(() => String, { nullable: true, description: 'What the assignment hash is seeded with; null: the key. Only while it is a draft.' })
  readonly seed?: string | null;

  @Field(() => String, { nullable: true, description: 'Key of the metric that decides. Only while it is a draft.' })
  readonly primaryMetric?: string | null;

  @Field(() => [String], { nullable: true, description: 'Keys of metrics to watch beside it. Only while it is a draft.' })
  readonly secondaryMetrics?: readonly string[] | null;

  @Field(() => [GuardrailInput], {
    nullable: true,
    description: 'Metrics that must not get worse, all of them. Once it has started, only WARN can become STOP.',
  })
  readonly guardrails?: readonly GuardrailInput[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Attributes by whose values the results shall be told apart. Only while it is a draft.',
  })
  readonly segments?: readonly string[] | null;

  @Field(() => AnalysisInput, { nullable: true, description: 'How the verdict shall be reached. Only while it is a draft.' })
  readonly analysis?: AnalysisInput | null;
}

@InputType('ExperimentFilter', { description: 'Which experiments; all conditions must hold.' })
export class ExperimentFilterInput {
  @Field(() => String, { nullable: true, description: 'On this model.' })
  readonly model?: string | null;

  @Field(() => ExperimentStatusEnum, { nullable: true, description: 'In this status.' })
  readonly status?: ExperimentStatus | null;
}
