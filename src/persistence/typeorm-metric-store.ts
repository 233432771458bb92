import type { DataSource } from 'typeorm';
import { AppError } from '../errors';
import type { Metric, MetricStore } from '../experiments/metric';
import { violatedConstraint, withDatabase } from './database-errors';
import { MetricEntity } from './entities/metric.entity';

export class TypeormMetricStore implements MetricStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async list(): Promise<readonly Metric[]> {
    const rows = await withDatabase(() => this.#dataSource.getRepository(MetricEntity).find({ order: { key: 'ASC' } }));
    return rows.map((row) => ({ ...row, isBuiltIn: false }));
  }

  async insert({ isBuiltIn: _, ...metric }: Metric): Promise<void> {
    try {
      await withDatabase(() => this.#dataSource.getRepository(MetricEntity).insert(metric));
    } catch (error) {
      if (violatedConstraint(error) === null) throw error;
      throw new AppError('CONFLICT', `There is a metric "${metric.key}" already.`, { cause: error });
    }
  }
}
