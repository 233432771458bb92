import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import type { Contradiction } from '../../experiments/metric-result';
import { DateTime } from '../scalars';

const LiftScaleEnum = { ABSOLUTE: 'ABSOLUTE', RELATIVE: 'RELATIVE' } as const satisfies { [K in Contradiction['scale']]: K };
registerEnumType(LiftScaleEnum, {
  name: 'LiftScale',
  description: 'In what a lift is told.',
  valuesConfig: {
    ABSOLUTE: { description: "In the metric's own unit." },
    RELATIVE: { description: "As a share of the control's mean." },
  },
});

@ObjectType('OpenRange', { simpleResolvers: true, description: 'A range of which an end may be missing.' })
export class OpenRangeType {
  @Field(() => Float, { nullable: true, description: 'Lower end; null: none.' })
  readonly lower!: number | null;

  @Field(() => Float, { nullable: true, description: 'Upper end; null: none.' })
  readonly upper!: number | null;
}

@ObjectType('Contradiction', {
  simpleResolvers: true,
  description:
    'Two looks that cannot both be right, which is less probable than alpha while units are independent and the difference stays what it is.',
})
export class ContradictionType {
  @Field(() => LiftScaleEnum, { description: 'Of which lift.' })
  readonly scale!: Contradiction['scale'];

  @Field(() => DateTime, { description: 'When the later look was made.' })
  readonly at!: Date;

  @Field(() => OpenRangeType, { description: 'What all looks before it had left.' })
  readonly earlier!: OpenRangeType;

  @Field(() => OpenRangeType, { description: 'What that look left.' })
  readonly later!: OpenRangeType;
}
