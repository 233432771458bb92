import { AppError } from '../../src/errors';
import type { Metric, MetricStore } from '../../src/experiments/metric';

export class FakeMetricStore implements MetricStore {
  readonly #metrics = new Map<string, Metric>();

  async list(): Promise<readonly Metric[]> {
    return [...this.#metrics.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async insert(metric: Metric): Promise<void> {
    if (this.#metrics.has(metric.key)) throw new AppError('CONFLICT', `There is a metric "${metric.key}" already.`);
    this.#metrics.set(metric.key, metric);
  }
}
