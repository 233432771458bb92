import type { DataSource } from 'typeorm';
import type { Enrolment, EnrolmentSource } from '../experiments/enrolment-source';
import { withDatabase } from './database-errors';
import { queryRows } from './query-rows';

/** By an index of the places, so that a look at which nobody came costs next to nothing. */
export class TypeormEnrolmentSource implements EnrolmentSource {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  read(experiment: string, after: number, limit: number): Promise<readonly Enrolment[]> {
    return withDatabase(() =>
      queryRows<Enrolment>(
        this.#dataSource,
        `SELECT place::float8 AS place, unit_id AS "unitId", variant, phase FROM experiment_unit
          WHERE experiment = $1 AND place > $2 ORDER BY experiment_unit.place LIMIT $3`,
        [experiment, after, limit],
      ),
    );
  }
}
