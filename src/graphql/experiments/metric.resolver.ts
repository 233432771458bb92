import { Arg, Mutation, Query, Resolver } from 'type-graphql';
import type { MetricService } from '../services';
import { asForm } from '../user-errors';
import { DefineMetricInput, DefineMetricPayload, MetricType } from './metric.type';

@Resolver()
export class MetricResolver {
  readonly #metrics: MetricService;

  constructor(metrics: MetricService) {
    this.#metrics = metrics;
  }

  @Query(() => [MetricType], { description: 'All metrics, the built-in ones first.' })
  metrics(): Promise<readonly MetricType[]> {
    return this.#metrics.list();
  }

  @Mutation(() => DefineMetricPayload, { description: 'Defines a metric that outcomes can be sent for.' })
  async defineMetric(
    @Arg('input', () => DefineMetricInput, { description: 'The metric.' }) input: DefineMetricInput,
  ): Promise<DefineMetricPayload> {
    const { result, userErrors } = await asForm(() => this.#metrics.define({ ...input, direction: input.direction ?? 'higher' }));
    return { metric: result, userErrors };
  }
}
