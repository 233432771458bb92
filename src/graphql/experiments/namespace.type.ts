import { Field, Float, InputType, ObjectType } from 'type-graphql';

const idDescription = 'Its id: experiments that name the same one cut up the same units.';
const startDescription = 'Where the part begins, 0..1.';
const endDescription = 'Where the part ends, 0..1; not in it any more.';

@InputType('NamespaceInput', {
  description:
    'A part of the units, as GrowthBook cuts them. Experiments on one model run side by side when they have parts of one namespace that do not overlap.',
})
export class NamespaceInput {
  @Field(() => String, { description: idDescription })
  readonly id!: string;

  @Field(() => Float, { description: startDescription })
  readonly start!: number;

  @Field(() => Float, { description: endDescription })
  readonly end!: number;
}

@ObjectType('Namespace', { simpleResolvers: true, description: 'A part of the units.' })
export class NamespaceType {
  @Field(() => String, { description: idDescription })
  readonly id!: string;

  @Field(() => Float, { description: startDescription })
  readonly start!: number;

  @Field(() => Float, { description: endDescription })
  readonly end!: number;
}

@InputType('ForcedVariantInput', { description: 'A unit that gets a variant by name, for a test.' })
export class ForcedVariantInput {
  @Field(() => String, { description: 'The unit.' })
  readonly unitId!: string;

  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;
}

@ObjectType('ForcedVariant', { simpleResolvers: true, description: 'A unit that gets a variant by name, for a test.' })
export class ForcedVariantType {
  @Field(() => String, { description: 'The unit.' })
  readonly unitId!: string;

  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;
}
