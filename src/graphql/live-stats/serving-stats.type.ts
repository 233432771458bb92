import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars';
import { StageStatsType } from './stage-stats.type';

@ObjectType('ServingStats', {
  simpleResolvers: true,
  description: 'How serving goes, over all live replicas. Counts are of prediction rows: a batch of 32 counts 32.',
})
export class ServingStatsType {
  @Field(() => Float, { description: 'Prediction rows since startedAt, refused ones included.' })
  readonly totalRequests!: number;

  @Field(() => Float, { description: 'Rows that were answered with a prediction.' })
  readonly successfulRequests!: number;

  @Field(() => Float, { description: 'Rows that were answered with an error.' })
  readonly failedRequests!: number;

  @Field(() => Float, { description: 'Share of rows that were answered with a prediction, 0..1; 0 before the first row.' })
  readonly successRate!: number;

  @Field(() => Float, { description: 'Rows finished each second, over the last moments.' })
  readonly requestsPerSecond!: number;

  @Field(() => Float, { description: 'Mean time in the model of rows that were computed, in milliseconds; 0 before the first row.' })
  readonly avgInferenceMs!: number;

  @Field(() => [StageStatsType], {
    description: 'Where the time of the predictions went, by stage: queue, preprocess, execute, postprocess, total.',
  })
  readonly stages!: readonly StageStatsType[];

  @Field(() => Float, {
    nullable: true,
    description: 'Half of the predictions took at most this long from request to answer; null before the first.',
  })
  readonly p50Ms!: number | null;

  @Field(() => Float, { nullable: true, description: '95 of 100 predictions took at most this long; null before the first.' })
  readonly p95Ms!: number | null;

  @Field(() => Float, { nullable: true, description: '99 of 100 predictions took at most this long; null before the first.' })
  readonly p99Ms!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean number of rows in the batch that a row was executed in; null before the first.',
  })
  readonly avgBatchSize!: number | null;

  @Field(() => Float, { description: 'Requests that the cache of a version answered, or the computation that an equal one had begun.' })
  readonly cacheHits!: number;

  @Field(() => Float, { description: 'Requests that a version with a cache had to compute.' })
  readonly cacheMisses!: number;

  @Field(() => Int, { description: 'Rows that wait for a worker right now.' })
  readonly queueDepth!: number;

  @Field(() => Float, { description: 'Milliseconds since startedAt.' })
  readonly uptimeMs!: number;

  @Field(() => DateTime, { description: 'When the oldest live replica started: the counts begin there.' })
  readonly startedAt!: Date;

  @Field(() => DateTime, { description: 'When these numbers were taken.' })
  readonly asOf!: Date;

  @Field(() => Int, { description: 'Live replicas that these numbers add up.' })
  readonly replicas!: number;
}
