import { Field, Float, InputType, ObjectType } from 'type-graphql';
import type { JsonObject } from '../../events/event';
import { JSONObject } from '../scalars';

const holdoutKeyDescription = 'Its key: experiments that name the same one leave out the same units.';
const shareDescription = 'Share of the units, above 0 and below 1.';
const parentDescription = 'Key of the other experiment, on any model. It must be running when this one starts.';
const conditionDescription =
  'A GrowthBook condition on `value`, the key of its variant (null: none), and `inExperiment`, whether it has one. For example {"value": "new"}.';

@InputType('HoldoutInput', {
  description:
    'A share of the units that takes part in no experiment that names its key: what they do shows what all those experiments together have brought.',
})
export class HoldoutInput {
  @Field(() => String, { description: holdoutKeyDescription })
  readonly key!: string;

  @Field(() => Float, { description: shareDescription })
  readonly share!: number;
}

@ObjectType('Holdout', { simpleResolvers: true, description: 'A share of the units that takes part in no experiment that names its key.' })
export class HoldoutType {
  @Field(() => String, { description: holdoutKeyDescription })
  readonly key!: string;

  @Field(() => Float, { description: shareDescription })
  readonly share!: number;
}

@InputType('PrerequisiteInput', {
  description:
    'What another experiment must have decided about a unit, by the unitId and the attributes of the same request. While that one does not run, nobody takes part.',
})
export class PrerequisiteInput {
  @Field(() => String, { description: parentDescription })
  readonly experiment!: string;

  @Field(() => JSONObject, { description: conditionDescription })
  readonly condition!: JsonObject;
}

@ObjectType('Prerequisite', { simpleResolvers: true, description: 'What another experiment must have decided about a unit.' })
export class PrerequisiteType {
  @Field(() => String, { description: parentDescription })
  readonly experiment!: string;

  @Field(() => JSONObject, { description: conditionDescription })
  readonly condition!: Readonly<Record<string, unknown>>;
}
