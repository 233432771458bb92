import { Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { BanditPlan } from '../../experiments/bandit';
import { phasesOf } from '../../experiments/bandit-phases';
import type { Experiment } from '../../experiments/experiment';
import { DateTime } from '../scalars';

const BanditAlgorithmEnum = { THOMPSON: 'THOMPSON', TOP_TWO: 'TOP_TWO' } as const satisfies { [K in BanditPlan['algorithm']]: K };
registerEnumType(BanditAlgorithmEnum, {
  name: 'BanditAlgorithm',
  description: 'What the weights of a bandit follow.',
  valuesConfig: {
    THOMPSON: { description: "Each variant's chance to be the best (Thompson sampling)." },
    TOP_TWO: {
      description: 'Half the chance to be the best, half the chance to be the second best: finds the winner sooner. Needs three variants.',
    },
  },
});

@InputType('BanditInput', { description: 'How a bandit moves its traffic; what is absent is as usual, or as it was.' })
export class BanditInput {
  @Field(() => BanditAlgorithmEnum, { nullable: true, description: 'What the weights follow; absent: THOMPSON.' })
  readonly algorithm?: keyof typeof BanditAlgorithmEnum | null;

  @Field(() => Float, {
    nullable: true,
    description: 'How many milliseconds lie between two looks at the weights, from 1,000; absent: an hour.',
  })
  readonly updateEveryMs?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The weight that no variant falls below, from 0.01 to 1 / the number of variants; absent: 0.05.',
  })
  readonly minWeight?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The weights stay as planned until each variant has so many units, at least 30; absent: 100.',
  })
  readonly minUnitsPerVariant?: number | null;
}

@ObjectType('VariantWeight', { simpleResolvers: true, description: 'The weight of one variant.' })
export class VariantWeightType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Float, { description: 'Its share of the covered traffic, 0..1.' })
  readonly weight!: number;
}

@ObjectType('VariantChance', { simpleResolvers: true, description: 'How likely one variant is the best.' })
export class VariantChanceType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Float, { description: 'Probability that its primary metric is the best, 0..1, as far as is known; all sum to 1.' })
  readonly chance!: number;
}

@ObjectType('BanditPhase', { simpleResolvers: true, description: 'A time of constant weights.' })
export class BanditPhaseType {
  @Field(() => Int, { description: 'Its number, from 0.' })
  readonly index!: number;

  @Field(() => DateTime, { description: 'When it began; it ended when the next one did.' })
  readonly startedAt!: Date;

  @Field(() => [VariantWeightType], { description: 'The weights that new units were given variants by.' })
  readonly weights!: readonly VariantWeightType[];
}

@ObjectType('Bandit', { simpleResolvers: true, description: 'How a bandit moves its traffic to what is best, and how far it has.' })
export class BanditType {
  @Field(() => BanditAlgorithmEnum, { description: 'What the weights follow.' })
  readonly algorithm!: keyof typeof BanditAlgorithmEnum;

  @Field(() => Float, { description: 'How many milliseconds lie between two looks at the weights.' })
  readonly updateEveryMs!: number;

  @Field(() => Float, { description: 'The weight that no variant falls below.' })
  readonly minWeight!: number;

  @Field(() => Float, { description: 'The weights stay as planned until each variant has so many units.' })
  readonly minUnitsPerVariant!: number;

  @Field(() => [BanditPhaseType], { description: 'Its weights from the start to now, oldest first; empty for a draft.' })
  readonly phases!: readonly BanditPhaseType[];

  /** For the resolver of what has to be computed; no field. */
  readonly experiment!: Experiment;
}

export function toBandit(experiment: Experiment): BanditType | null {
  if (!experiment.bandit) return null;
  const { variants } = experiment;
  const phases = phasesOf(experiment).map(({ index, startedAt, weights }) => ({
    index,
    startedAt,
    weights: variants.map(({ key }, place) => ({ variant: key, weight: weights[place] ?? 0 })),
  }));
  return { ...experiment.bandit, phases, experiment };
}
