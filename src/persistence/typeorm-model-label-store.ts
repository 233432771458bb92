import type { DataSource } from 'typeorm';
import type { ModelLabel, ModelLabelStore } from '../model-registry/model-label-store';
import { withDatabase } from './database-errors';
import { ModelLabelEntity } from './entities/model-label.entity';

export class TypeormModelLabelStore implements ModelLabelStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async list(): Promise<readonly ModelLabel[]> {
    const rows = await withDatabase(() => this.#dataSource.getRepository(ModelLabelEntity).find({ order: { model: 'ASC', label: 'ASC' } }));
    return rows.map(({ model, label, version }) => ({ model, label, version }));
  }

  async insertMissing(labels: readonly ModelLabel[]): Promise<void> {
    if (labels.length === 0) return;
    const values = labels.map((label) => ({ ...label }));
    await withDatabase(() => this.#dataSource.createQueryBuilder().insert().into(ModelLabelEntity).values(values).orIgnore().execute());
  }

  async set(label: ModelLabel): Promise<void> {
    await withDatabase(() => this.#dataSource.getRepository(ModelLabelEntity).upsert({ ...label }, ['model', 'label']));
  }
}
