import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Int, Mutation, Query, Resolver } from 'type-graphql';
import { AppError } from '../../errors';
import { eventIdTimeMs } from '../../events/event-id';
import type { PredictionFilter, PredictionStore, StoredPrediction } from '../../prediction/prediction-store';
import type { BatchRow, PredictCommand } from '../../prediction/predictor';
import { decodeCursor, defaultPageSize, toConnection, toPageSize } from '../connection';
import type { GraphQLContext } from '../context';
import { given } from '../given';
import type { ModelRegistryService, PredictorService, RequestLimits } from '../services';
import { PredictBatchInput, PredictInput } from './predict.input';
import { BatchPredictionType, type PredictionFailureType, PredictionRecordType, PredictionType } from './prediction.type';
import { PredictionConnectionType } from './prediction-connection.type';
import { PredictionFilterInput } from './prediction-filter.input';
import { toPredictCommand, topKOf } from './to-predict-command';
import { toPrediction, toPredictionRecord } from './to-prediction';
import { wantsOutputs } from './wants-outputs';

const listName = 'predictions';

@Resolver()
export class PredictionResolver {
  readonly #predictor: PredictorService;
  readonly #predictions: PredictionStore;
  readonly #registry: Pick<ModelRegistryService, 'classLabels'>;
  readonly #limits: RequestLimits;

  constructor(
    predictor: PredictorService,
    predictions: PredictionStore,
    registry: Pick<ModelRegistryService, 'classLabels'>,
    limits: RequestLimits,
  ) {
    this.#predictor = predictor;
    this.#predictions = predictions;
    this.#registry = registry;
    this.#limits = limits;
  }

  @Mutation(() => PredictionType, {
    description: 'Scores one input with the version that the experiments route its unit to, else with the champion, and records it.',
  })
  async predict(
    @Arg('input', () => PredictInput, { description: 'The input and how it shall be answered.' }) input: PredictInput,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PredictionType> {
    const result = await this.#predictor.predict(await this.#commandOrError(input, wantsOutputs(info)), context);
    return toPrediction(result, topKOf(input), this.#registry.classLabels(result.model, result.version));
  }

  @Mutation(() => BatchPredictionType, {
    description: 'Scores many inputs at once. Each row is answered for itself: a bad one is a PredictionFailure.',
  })
  async predictBatch(
    @Arg('input', () => PredictBatchInput, { description: 'The inputs.' }) { items }: PredictBatchInput,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BatchPredictionType> {
    const { maxBatchSize } = this.#limits;
    if (items.length < 1 || items.length > maxBatchSize) {
      throw new AppError('BATCH_TOO_LARGE', `A batch has 1 to ${maxBatchSize} items, not ${items.length}.`, { details: { maxBatchSize } });
    }
    const outputs = wantsOutputs(info);
    const commands = await Promise.all(items.map((item) => this.#commandOrError(item, outputs)));
    const { rows, totalInferenceMs, avgInferenceMs } = await this.#predictor.predictBatch(commands, context);
    const results = rows.map((row, index) => this.#toResult(row, index, items[index]));
    return { results, batchSize: items.length, totalInferenceMs, avgInferenceMs };
  }

  @Query(() => PredictionRecordType, { nullable: true, description: 'One recorded prediction; null when there is none of this id.' })
  async prediction(@Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<PredictionRecordType | null> {
    if (eventIdTimeMs(id) === null) throw new AppError('BAD_USER_INPUT', `"${id}" is not the id of a prediction.`);
    const stored = await this.#predictions.find(id.toLowerCase());
    return stored && this.#toRecord(stored);
  }

  @Query(() => PredictionConnectionType, { description: 'Recorded predictions, newest first.' })
  async predictions(
    @Arg('filter', () => PredictionFilterInput, { nullable: true, description: 'Which ones; absent: all.' })
    filter: PredictionFilterInput | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: defaultPageSize, description: 'How many, 1..100.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item of the page before.' }) after: string | null,
  ): Promise<PredictionConnectionType> {
    const pageSize = toPageSize(first);
    const position = decodeCursor(listName, after);
    if (position !== null && eventIdTimeMs(position) === null) throw new AppError('BAD_USER_INPUT', 'after is not a cursor of this list.');
    const page = await this.#predictions.list(given(filter ?? {}) as PredictionFilter, pageSize, position);
    const items = page.items.map((stored) => this.#toRecord(stored));
    return toConnection({ list: listName, items, hasNextPage: page.hasNextPage, after: position, positionOf: (one) => one.id });
  }

  #toRecord(stored: StoredPrediction): PredictionRecordType {
    return toPredictionRecord(stored, this.#registry.classLabels(stored.event.model, stored.event.version));
  }

  async #commandOrError(item: PredictInput, outputs: boolean): Promise<PredictCommand | AppError> {
    try {
      return await toPredictCommand(item, this.#limits, outputs);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  #toResult(row: BatchRow, index: number, item: PredictInput | undefined): PredictionType | PredictionFailureType {
    if (!row.ok) return { index: row.index, code: row.code, message: row.message };
    const { prediction } = row;
    try {
      return toPrediction(prediction, topKOf(item ?? {}), this.#registry.classLabels(prediction.model, prediction.version));
    } catch (error) {
      // Outputs too large to be sent are this row's misfortune only.
      if (error instanceof AppError) return { index, code: error.code, message: error.message };
      throw error;
    }
  }
}
