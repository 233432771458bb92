import { Field, Float, ObjectType } from 'type-graphql';

@ObjectType('StageStats', {
  simpleResolvers: true,
  description: 'The times of one stage of predictions, over all live replicas: read from their added histograms, within 5% (or 0.05 ms).',
})
export class StageStatsType {
  @Field(() => String, {
    description:
      'queue: waiting for a worker; preprocess: preparing the input; execute: in the model; postprocess: reading the answer; total: from request to answer.',
  })
  readonly stage!: string;

  @Field(() => Float, {
    description: 'Rows that were answered with a prediction and went through this stage: answers from the cache count in total only.',
  })
  readonly count!: number;

  @Field(() => Float, { nullable: true, description: 'Mean, in milliseconds; null before the first row.' })
  readonly meanMs!: number | null;

  @Field(() => Float, { nullable: true, description: 'Half of the rows took at most this long here; null before the first.' })
  readonly p50Ms!: number | null;

  @Field(() => Float, { nullable: true, description: '95 of 100 rows took at most this long here; null before the first.' })
  readonly p95Ms!: number | null;

  @Field(() => Float, { nullable: true, description: '99 of 100 rows took at most this long here; null before the first.' })
  readonly p99Ms!: number | null;
}

@ObjectType('VariantLatency', {
  simpleResolvers: true,
  description: 'How long the predictions of one variant took, over all live replicas.',
})
export class VariantLatencyType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => [StageStatsType], { description: 'The times by stage: queue, preprocess, execute, postprocess, total.' })
  readonly stages!: readonly StageStatsType[];
}
