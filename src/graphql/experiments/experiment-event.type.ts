import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { ExperimentEvent } from '../../experiments/experiment';
import { DateTime } from '../scalars';

const ExperimentActionEnum = {
  CREATED: 'CREATED',
  UPDATED: 'UPDATED',
  STARTED: 'STARTED',
  PAUSED: 'PAUSED',
  RESUMED: 'RESUMED',
  STOPPED: 'STOPPED',
  SHIPPED: 'SHIPPED',
  ADVANCED: 'ADVANCED',
  ROLLED_BACK: 'ROLLED_BACK',
  REWEIGHTED: 'REWEIGHTED',
} as const satisfies { [K in ExperimentEvent['action']]: K };
registerEnumType(ExperimentActionEnum, {
  name: 'ExperimentAction',
  description: 'What somebody did with an experiment.',
  valuesConfig: {
    CREATED: { description: 'Written for the first time.' },
    UPDATED: { description: 'Changed; the detail says what, from what to what.' },
    STARTED: { description: 'Began to split traffic.' },
    PAUSED: { description: 'Handed the traffic back to the champion for a while.' },
    RESUMED: { description: 'Went on after a pause.' },
    STOPPED: { description: 'Ended.' },
    SHIPPED: { description: 'Ended, and the champion label moved to the version of one variant.' },
    ADVANCED: { description: 'Went to the next step of a rollout.' },
    ROLLED_BACK: { description: 'Ended, because the new version of a rollout was worse.' },
    REWEIGHTED: { description: 'Went on with other weights, which a bandit gives to new units.' },
  },
});

@ObjectType('ExperimentEvent', { simpleResolvers: true, description: 'One line of the history of an experiment.' })
export class ExperimentEventType {
  @Field(() => DateTime, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, { description: 'Who.' })
  readonly actor!: string;

  @Field(() => ExperimentActionEnum, { description: 'What.' })
  readonly action!: ExperimentEvent['action'];

  @Field(() => String, { nullable: true, description: 'Why, as it was given; null when it was not.' })
  readonly reason!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'For SHIPPED the variant, for UPDATED what changed, from what to what, for ADVANCED the share of the new step, for REWEIGHTED the new weights; null otherwise.',
  })
  readonly detail!: string | null;
}
