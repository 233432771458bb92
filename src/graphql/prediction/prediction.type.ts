import { createUnionType, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { DateTime, JSONObject } from '../scalars';
import { AssignmentType } from './assignment.type';
import { TensorOutputType } from './tensor.type';

@ObjectType('ClassProbability', { simpleResolvers: true, description: 'Probability of one class.' })
export class ClassProbabilityType {
  @Field(() => Int, { description: 'Number of the class: its 0-based position in the class labels of the version.' })
  readonly class!: number;

  @Field(() => String, { nullable: true, description: 'Name of the class; null when the version is no longer known here.' })
  readonly label!: string | null;

  @Field(() => Float, { description: 'Probability, 0..1.' })
  readonly probability!: number;
}

@ObjectType('PredictionTiming', { simpleResolvers: true, description: 'Where the time of one prediction went.' })
export class PredictionTimingType {
  @Field(() => Float, { description: 'Milliseconds spent waiting for a worker, or for the computation of an equal request.' })
  readonly queueMs!: number;

  @Field(() => Float, { description: 'Milliseconds spent decoding and preparing the input, or looking it up.' })
  readonly preprocessMs!: number;

  @Field(() => Float, {
    description: 'Milliseconds spent in the model, for the batch that this row was in; 0 when the answer came from the cache.',
  })
  readonly inferenceMs!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Milliseconds spent reading the answers of the batch from its outputs; null where it was not measured yet.',
  })
  readonly postprocessMs?: number;

  @Field(() => Float, { description: 'Milliseconds from the arrival of the request to its answer.' })
  readonly totalMs!: number;

  @Field(() => Int, { description: 'Rows in the batch that this row was executed in; 0 when the answer came from the cache.' })
  readonly batchSize!: number;
}

@ObjectType('Prediction', { simpleResolvers: true, description: 'The answer of a model to one input.' })
export class PredictionType {
  @Field(() => ID, { description: 'Name of this prediction: report its truth under it with recordLabel.' })
  readonly id!: string;

  @Field(() => String, { description: 'The model that answered.' })
  readonly model!: string;

  @Field(() => String, { description: 'The version that answered.' })
  readonly version!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of the answered class: its 0-based position in the class labels; null where the model answers no class.',
  })
  readonly predictedClass!: number | null;

  @Field(() => String, { nullable: true, description: 'Name of the answered class; null where the model answers no class.' })
  readonly label!: string | null;

  @Field(() => Float, { nullable: true, description: 'Probability of the answered class, 0..1; null where the model answers no class.' })
  readonly confidence!: number | null;

  @Field(() => [ClassProbabilityType], {
    description: 'The topK most probable classes, most probable first; empty where the model answers no class.',
  })
  readonly probabilities!: readonly ClassProbabilityType[];

  @Field(() => Float, { nullable: true, description: 'The answer of a regression; null otherwise.' })
  readonly value!: number | null;

  @Field(() => [TensorOutputType], {
    description:
      'Every output of the graph for this input, as it is; the whole answer of a model whose outputs have no declared meaning. Computed only where it is selected. They are not recorded: a prediction that is repeated by its idempotencyKey has none.',
  })
  readonly outputs!: readonly TensorOutputType[];

  @Field(() => AssignmentType, { nullable: true, description: 'The assignment that chose the version; null when no experiment applied.' })
  readonly assignment!: AssignmentType | null;

  @Field(() => [AssignmentType], { description: 'What each experiment on the model decided about the unit.' })
  readonly assignments!: readonly AssignmentType[];

  @Field(() => PredictionTimingType, { description: 'Where the time went.' })
  readonly timing!: PredictionTimingType;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt!: Date;
}

@ObjectType('PredictionFailure', {
  simpleResolvers: true,
  description: 'A row of a batch that could not be answered; the other rows were.',
})
export class PredictionFailureType {
  @Field(() => Int, { description: 'Position of the row in the request, from 0.' })
  readonly index!: number;

  @Field(() => String, { description: 'For programs: one of the codes that a single predict would fail with.' })
  readonly code!: string;

  @Field(() => String, { description: 'For people: what is wrong and what to do.' })
  readonly message!: string;
}

const PredictionResultUnion = createUnionType({
  name: 'PredictionResult',
  description: 'The answer to one row of a batch.',
  types: () => [PredictionType, PredictionFailureType] as const,
});

@ObjectType('BatchPrediction', { simpleResolvers: true, description: 'The answers to a batch, in the order of the request.' })
export class BatchPredictionType {
  @Field(() => [PredictionResultUnion], { description: 'One answer a row, in the order of the request.' })
  readonly results!: readonly (PredictionType | PredictionFailureType)[];

  @Field(() => Int, { description: 'Rows in the request.' })
  readonly batchSize!: number;

  @Field(() => Float, { description: 'Milliseconds for the whole batch, from the first row to the last answer.' })
  readonly totalInferenceMs!: number;

  @Field(() => Float, { description: 'totalInferenceMs for each row.' })
  readonly avgInferenceMs!: number;
}

@ObjectType('PredictionError', { simpleResolvers: true, description: 'Why a recorded prediction failed.' })
export class PredictionErrorType {
  @Field(() => String, { description: 'The code.' })
  readonly code!: string;

  @Field(() => String, { description: 'The sentence.' })
  readonly message!: string;
}

@ObjectType('Truth', {
  simpleResolvers: true,
  description: 'The truth about one prediction, as it was reported: one of class, label and value.',
})
export class TruthType {
  @Field(() => Int, { nullable: true, description: 'Number of the true class.' })
  readonly class!: number | null;

  @Field(() => String, { nullable: true, description: 'Name of the true class.' })
  readonly label!: string | null;

  @Field(() => Float, { nullable: true, description: 'True value of a regression.' })
  readonly value!: number | null;

  @Field(() => DateTime, { description: 'When it was reported.' })
  readonly receivedAt!: Date;
}

@ObjectType('PredictionRecord', { simpleResolvers: true, description: 'A prediction as it was recorded.' })
export class PredictionRecordType {
  @Field(() => ID, { description: 'Name of the prediction.' })
  readonly id!: string;

  @Field(() => String, { description: 'The model.' })
  readonly model!: string;

  @Field(() => String, { description: 'The version that answered.' })
  readonly version!: string;

  @Field(() => String, { nullable: true, description: 'The unit it was made for; null when none was given.' })
  readonly unitId!: string | null;

  @Field(() => JSONObject, { nullable: true, description: 'Attributes that came with it; null when none were given.' })
  readonly attributes!: Readonly<Record<string, unknown>> | null;

  @Field(() => Int, { nullable: true, description: 'Number of the answered class; null for a regression and after a failure.' })
  readonly predictedClass!: number | null;

  @Field(() => String, { nullable: true, description: 'Name of the answered class; null for a regression and after a failure.' })
  readonly label!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Probability of the answered class, 0..1; null for a regression and after a failure.',
  })
  readonly confidence!: number | null;

  @Field(() => [ClassProbabilityType], { description: 'All classes, most probable first; empty for a regression and after a failure.' })
  readonly probabilities!: readonly ClassProbabilityType[];

  @Field(() => Float, { nullable: true, description: 'The answer of a regression; null otherwise.' })
  readonly value!: number | null;

  @Field(() => PredictionErrorType, { nullable: true, description: 'Why it failed; null when it was answered.' })
  readonly failure!: PredictionErrorType | null;

  @Field(() => TruthType, { nullable: true, description: 'The newest reported truth; null while there is none.' })
  readonly truth!: TruthType | null;

  @Field(() => [AssignmentType], { description: 'The experiments that the unit was in.' })
  readonly assignments!: readonly AssignmentType[];

  @Field(() => PredictionTimingType, { description: 'Where the time went.' })
  readonly timing!: PredictionTimingType;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt!: Date;
}
