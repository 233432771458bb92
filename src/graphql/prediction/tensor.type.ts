import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { TensorData } from '../scalars';

@InputType('TensorInput', {
  description: 'One input of the graph; its name, datatype and shape are listed in the inputs of the model version.',
})
export class TensorInput {
  @Field(() => String, { description: 'Name of the input in the graph.' })
  readonly name!: string;

  @Field(() => String, { description: 'Element type by its name in the Open Inference Protocol, for example FP32.' })
  readonly datatype!: string;

  @Field(() => [Int], { description: 'Size of each dimension; empty for a scalar. The first is that of rows, where the graph takes rows.' })
  readonly shape!: readonly number[];

  @Field(() => TensorData, { description: 'As many elements as the shape says, flat or nested.' })
  readonly data!: unknown;
}

@ObjectType('TensorOutput', { simpleResolvers: true, description: 'One output of the graph.' })
export class TensorOutputType {
  @Field(() => String, { description: 'Name of the output in the graph.' })
  readonly name!: string;

  @Field(() => String, { description: 'Element type by its name in the Open Inference Protocol, for example FP32.' })
  readonly datatype!: string;

  @Field(() => [Int], { description: 'Size of each dimension; empty for a scalar.' })
  readonly shape!: readonly number[];

  @Field(() => TensorData, { description: 'The elements, flat.' })
  readonly data!: unknown;
}
