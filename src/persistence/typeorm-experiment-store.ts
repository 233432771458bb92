import { type DataSource, type EntityManager, In } from 'typeorm';
import { AppError } from '../errors';
import type { Experiment, ExperimentEvent } from '../experiments/experiment';
import type { ExperimentFilter, ExperimentStore } from '../experiments/experiment-store';
import { obstacleTo } from '../experiments/side-by-side';
import type { ModelLabel } from '../model-registry/model-label-store';
import { violatedConstraint, withDatabase } from './database-errors';
import { ExperimentEntity, toExperiment, toExperimentRow } from './entities/experiment.entity';
import { ExperimentEventEntity } from './entities/experiment-event.entity';
import { ModelLabelEntity } from './entities/model-label.entity';

/** Any constants do, as long as nobody else in the database uses them. */
const [startLock, holdoutLock] = [0x73746172, 0x686f6c64];

export class TypeormExperimentStore implements ExperimentStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async list({ model, status }: ExperimentFilter = {}): Promise<readonly Experiment[]> {
    const rows = await withDatabase(() =>
      this.#dataSource.getRepository(ExperimentEntity).find({
        where: { ...(model !== undefined && { model }), ...(status !== undefined && { status }) },
        order: { createdAt: 'DESC', key: 'ASC' },
      }),
    );
    return rows.map(toExperiment);
  }

  async find(key: string): Promise<Experiment | null> {
    const row = await withDatabase(() => this.#dataSource.getRepository(ExperimentEntity).findOneBy({ key }));
    return row && toExperiment(row);
  }

  async history(key: string): Promise<readonly ExperimentEvent[]> {
    const rows = await withDatabase(() =>
      this.#dataSource.getRepository(ExperimentEventEntity).find({ where: { experiment: key }, order: { revision: 'ASC' } }),
    );
    return rows.map(({ at, actor, action, reason, detail }) => ({ at, actor, action, reason, detail }));
  }

  async exposedAmong(key: string, unitIds: readonly string[]): Promise<readonly string[]> {
    const rows = await withDatabase(() =>
      this.#dataSource.query<{ unit_id: string }[]>('SELECT unit_id FROM experiment_unit WHERE experiment = $1 AND unit_id = ANY($2)', [
        key,
        unitIds,
      ]),
    );
    return rows.map(({ unit_id: unitId }) => unitId);
  }

  async insert(experiment: Experiment, event: ExperimentEvent): Promise<void> {
    await this.#write(experiment, async (manager) => {
      await refuseObstacle(manager, experiment);
      await manager.insert(ExperimentEntity, toExperimentRow(experiment));
      await addEvent(manager, experiment, event);
    });
  }

  async update(experiment: Experiment, event: ExperimentEvent, label?: ModelLabel): Promise<void> {
    await this.#write(experiment, async (manager) => {
      await refuseObstacle(manager, experiment);
      const before = { key: experiment.key, revision: experiment.revision - 1 };
      const { affected } = await manager.update(ExperimentEntity, before, toExperimentRow(experiment));
      if (affected !== 1)
        throw new AppError('CONFLICT', `Somebody else changed experiment "${experiment.key}" meanwhile. Look at it again.`);
      await addEvent(manager, experiment, event);
      if (label) await manager.upsert(ModelLabelEntity, { ...label }, ['model', 'label']);
    });
  }

  async #write(experiment: Experiment, work: (manager: EntityManager) => Promise<void>): Promise<void> {
    try {
      await withDatabase(() => this.#dataSource.transaction(work));
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint === 'experiment_pkey')
        throw new AppError('CONFLICT', `There is an experiment "${experiment.key}" already.`, { cause: error });
      throw error;
    }
  }
}

/** Replicas that start two experiments of a model, or with the same holdout, at once wait for each other here. @throws AppError CONFLICT */
async function refuseObstacle(manager: EntityManager, experiment: Experiment): Promise<void> {
  const { model, status, holdout } = experiment;
  if (status !== 'RUNNING' && status !== 'PAUSED') return;
  // The model first, always: two that need both locks do not wait for each other in a circle.
  await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [startLock, model]);
  if (holdout) await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [holdoutLock, holdout.key]);
  const rows = await manager.find(ExperimentEntity, { where: { status: In(['RUNNING', 'PAUSED']) } });
  const obstacle = obstacleTo(experiment, rows.map(toExperiment));
  if (obstacle !== null) throw new AppError('CONFLICT', obstacle);
}

async function addEvent(manager: EntityManager, { key, revision }: Experiment, event: ExperimentEvent): Promise<void> {
  await manager.insert(ExperimentEventEntity, { experiment: key, revision, ...event });
}
