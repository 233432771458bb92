import { Field, InputType } from 'type-graphql';
import { DateTime } from '../scalars';

@InputType('PredictionFilter', { description: 'Which recorded predictions; all conditions must hold.' })
export class PredictionFilterInput {
  @Field(() => String, { nullable: true, description: 'Of this model.' })
  readonly model?: string | null;

  @Field(() => String, { nullable: true, description: 'Answered by this version.' })
  readonly version?: string | null;

  @Field(() => String, { nullable: true, description: 'Made for this unit.' })
  readonly unitId?: string | null;

  @Field(() => String, { nullable: true, description: 'Made inside this experiment.' })
  readonly experiment?: string | null;

  @Field(() => String, { nullable: true, description: 'Made inside this variant.' })
  readonly variant?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Made at this moment or later.' })
  readonly from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Made before this moment.' })
  readonly to?: Date | null;
}
