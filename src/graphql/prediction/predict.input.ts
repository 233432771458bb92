import type { FileUpload } from 'graphql-upload-minimal';
import { Field, InputType, Int } from 'type-graphql';
import type { JsonObject } from '../../events/event';
import { JSONObject, Upload } from '../scalars';
import { TensorInput } from './tensor.type';

export const defaultTopK = 5;

@InputType('PredictInput', { description: 'One input of a model: exactly one of image, imageFile, features and tensors.' })
export class PredictInput {
  @Field(() => String, { description: 'Name of the model.' })
  readonly model!: string;

  @Field(() => String, {
    nullable: true,
    description: 'A version or a label. Pins it, so that no experiment applies; absent: the experiments decide, else the champion serves.',
  })
  readonly version?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The unit of randomisation: a user, a device. The same unit always gets the same variant. Absent: the champion serves and no experiment applies.',
  })
  readonly unitId?: string | null;

  @Field(() => JSONObject, { nullable: true, description: 'What is known of the unit, for the targeting of experiments.' })
  readonly attributes?: JsonObject | null;

  @Field(() => String, {
    nullable: true,
    description: 'An image file (JPEG, PNG, WebP, GIF, TIFF or AVIF) in base64, plain or as a data URI.',
  })
  readonly image?: string | null;

  @Field(() => Upload, { nullable: true, description: 'An image file as an upload.' })
  readonly imageFile?: Promise<FileUpload> | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'Features of a tabular model by name, or all of them in declared order as `{ "values": [...] }`.',
  })
  readonly features?: JsonObject | null;

  @Field(() => [TensorInput], {
    nullable: true,
    description:
      'Every input of the graph as a tensor, for any kind of model; they make one prediction: one row, where the model answers a class or a value a row.',
  })
  readonly tensors?: readonly TensorInput[] | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: defaultTopK,
    description: 'How many of the most probable classes `probabilities` has, 1..1000.',
  })
  readonly topK?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds after which the answer is worth nothing: what cannot make it is refused at once.',
  })
  readonly deadlineMs?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same key for the same model within a day is the same prediction, counted once: a request can be repeated safely. Another input under it gets the first answer.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType('PredictBatchInput', { description: 'Many inputs at once.' })
export class PredictBatchInput {
  @Field(() => [PredictInput], { description: 'The rows, from 1 to maxBatchSize of serverInfo.' })
  readonly items!: readonly PredictInput[];
}
