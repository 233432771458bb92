import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ModelKind, TensorDatatype, ThreadProfile } from '../../model-registry/model-version';
import { DateTime, JSONObject } from '../scalars';
import { UserErrorType } from '../user-errors';

const ModelKindEnum = { IMAGE: 'image', TABULAR: 'tabular', RAW: 'raw', UNKNOWN: 'unknown' } as const satisfies Record<
  string,
  ModelKind | 'unknown'
>;
registerEnumType(ModelKindEnum, {
  name: 'ModelKind',
  description: 'What a model takes as input.',
  valuesConfig: {
    IMAGE: { description: 'Images: send `image` or `imageFile`.' },
    TABULAR: { description: 'Named features: send `features`.' },
    RAW: { description: 'Tensors as its graph takes them: send `tensors`.' },
    UNKNOWN: { description: 'No version of the model is ready, so it cannot be told.' },
  },
});

export const ModelStateEnum = {
  LOADING: 'LOADING',
  READY: 'READY',
  DRAINING: 'DRAINING',
  FAILED: 'FAILED',
  UNLOADED: 'UNLOADED',
} as const;
registerEnumType(ModelStateEnum, {
  name: 'ModelState',
  description: 'Where a model version is in its life.',
  valuesConfig: {
    LOADING: { description: 'Being read and warmed up.' },
    READY: { description: 'Answers predictions, also while it is loaded again.' },
    DRAINING: { description: 'Answers what is queued, takes nothing new.' },
    FAILED: { description: 'Could not be loaded; `error` says why. Tried again where the reason may pass by itself.' },
    UNLOADED: { description: 'Not in memory; `loadModelVersion` brings it back.' },
  },
});

@ObjectType('TensorSignature', { simpleResolvers: true, description: 'One input or output of the ONNX graph.' })
export class TensorSignatureType {
  @Field(() => String, { description: 'Name in the graph.' })
  readonly name!: string;

  @Field(() => String, { description: 'Element type by its name in the Open Inference Protocol, for example FP32.' })
  readonly datatype!: TensorDatatype;

  @Field(() => [Int], { description: 'Size of each dimension; -1 where the request decides.' })
  readonly shape!: readonly number[];
}

@ObjectType('FeatureSignature', { simpleResolvers: true, description: 'One named feature of a tabular model.' })
export class FeatureSignatureType {
  @Field(() => String, { description: 'Key in the `features` of a prediction.' })
  readonly name!: string;

  @Field(() => String, { description: 'Element type by its name in the Open Inference Protocol.' })
  readonly datatype!: TensorDatatype;
}

@ObjectType('ModelLabel', {
  simpleResolvers: true,
  description: 'A name that points at a version; `champion` serves when no experiment applies.',
})
export class ModelLabelType {
  @Field(() => String, { description: 'The name.' })
  readonly label!: string;

  @Field(() => String, { description: 'The version it points at.' })
  readonly version!: string;
}

const ThreadProfileEnum = { THROUGHPUT: 'throughput', LATENCY: 'latency' } as const satisfies Record<string, ThreadProfile>;
registerEnumType(ThreadProfileEnum, {
  name: 'ThreadProfile',
  description: 'How the threads of a version share its work.',
  valuesConfig: {
    THROUGHPUT: { description: 'A thread for each batch, several batches at once.' },
    LATENCY: { description: 'All threads on one batch.' },
  },
});

@ObjectType('ThreadPlan', { simpleResolvers: true, description: 'How the threads of a version share its work, and why.' })
export class ThreadPlanType {
  @Field(() => ThreadProfileEnum, { description: 'Which way they share it.' })
  readonly profile!: ThreadProfile;

  @Field(() => Int, { description: 'Batches that run at once.' })
  readonly workers!: number;

  @Field(() => Int, { description: 'Threads that compute one batch.' })
  readonly threadsPerWorker!: number;

  @Field(() => String, { description: 'Who asked for it, or what was measured when the version was loaded.' })
  readonly reason!: string;
}

@ObjectType('ModelVersion', { simpleResolvers: true, description: 'One version of a model: a folder with its ONNX file.' })
export class ModelVersionType {
  /** For the field resolvers; a client knows it from the model it asked. */
  readonly model!: string;

  @Field(() => String, { description: 'Name of the version: its folder.' })
  readonly version!: string;

  @Field(() => ModelStateEnum, { description: 'Where it is in its life.' })
  readonly state!: keyof typeof ModelStateEnum;

  @Field(() => String, { description: 'SHA-256 of the ONNX file that serves, hexadecimal; empty when the file could not be read.' })
  readonly sha256!: string;

  @Field(() => String, { description: 'What it runs on: `cpu`, `cuda`, or `remote` (another server); `none` while it is not loaded.' })
  readonly device!: string;

  @Field(() => ThreadPlanType, {
    nullable: true,
    description: 'How its threads share the work; null while it is not loaded, or where another server computes it.',
  })
  readonly threads!: ThreadPlanType | null;

  @Field(() => Float, { nullable: true, description: 'Number of weights; null when it cannot be told.' })
  readonly parameterCount!: number | null;

  @Field(() => Float, { description: 'Size of the version on disk, in bytes.' })
  readonly sizeBytes!: number;

  @Field(() => Float, { description: 'Size of the version on disk, in MiB.' })
  readonly sizeMb!: number;

  @Field(() => [TensorSignatureType], { description: 'Inputs of the graph; empty while it is not loaded.' })
  readonly inputs!: readonly TensorSignatureType[];

  @Field(() => [TensorSignatureType], { description: 'Outputs of the graph; empty while it is not loaded.' })
  readonly outputs!: readonly TensorSignatureType[];

  @Field(() => [String], { description: 'Names of the classes, by class number; empty for a regression.' })
  readonly classLabels!: readonly string[];

  @Field(() => [FeatureSignatureType], { description: 'Features of a tabular model, in declared order; empty for images.' })
  readonly features!: readonly FeatureSignatureType[];

  @Field(() => JSONObject, {
    nullable: true,
    description:
      'How an image becomes a tensor: `steps` with the names and meanings of torchvision, `layout` and `channelOrder`. Null for tabular models.',
  })
  readonly preprocessing!: Readonly<Record<string, unknown>> | null;

  @Field(() => DateTime, { nullable: true, description: 'When it became ready; null while it is not.' })
  readonly loadedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it FAILED; of a READY version why the files that lie there now could not take over. Null otherwise.',
  })
  readonly error!: string | null;
}

@ObjectType('Model', { simpleResolvers: true, description: 'A model: a folder of versions under one name.' })
export class ModelType {
  @Field(() => String, { description: 'Name of the model: its folder.' })
  readonly name!: string;

  @Field(() => ModelKindEnum, { description: 'What it takes as input.' })
  readonly kind!: ModelKind | 'unknown';

  @Field(() => [ModelVersionType], { description: 'Its versions, lowest first.' })
  readonly versions!: readonly ModelVersionType[];

  @Field(() => [ModelLabelType], { description: 'Names that point at its versions.' })
  readonly labels!: readonly ModelLabelType[];
}

@ObjectType('ModelPayload', { simpleResolvers: true, description: 'What a change of a model came to.' })
export class ModelPayload {
  @Field(() => ModelType, { nullable: true, description: 'The model after the change; null when userErrors says why not.' })
  readonly model!: ModelType | null;

  @Field(() => [UserErrorType], { description: 'What was wrong with the input; empty after success.' })
  readonly userErrors!: readonly UserErrorType[];
}
