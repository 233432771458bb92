import type { DataSource } from 'typeorm';
import type { PairedKind } from '../experiments/paired-facts';
import type { PairedArm, PairedCount, PairedSumsStore } from '../experiments/paired-sums';
import type { Segment } from '../experiments/segment';
import { MomentMatrix } from '../statistics/moment-matrix';
import { withDatabase } from './database-errors';
import { queryRows } from './query-rows';

interface MomentsRow {
  readonly variant: string;
  readonly metric: string;
  readonly moments: readonly number[];
}

interface CountRow {
  readonly variant: string;
  readonly kind: PairedKind;
  readonly controlBin: number;
  readonly treatmentBin: number;
  readonly pairs: string;
}

/** Reads a few rows a shadow, whatever its traffic. */
export class TypeormPairedSumsStore implements PairedSumsStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** One snapshot, so that the parts belong together. */
  read(experiment: string, segment: Segment): Promise<readonly PairedArm[]> {
    return withDatabase(() =>
      this.#dataSource.transaction('REPEATABLE READ', async ({ queryRunner }) => {
        if (!queryRunner) throw new Error('A transaction without a query runner');
        const moments = await queryRows<MomentsRow>(
          queryRunner,
          'SELECT variant, metric, moments FROM paired_sums WHERE experiment = $1 AND segment = $2 ORDER BY variant, metric',
          [experiment, segment],
        );
        const counts = await queryRows<CountRow>(
          queryRunner,
          `SELECT variant, kind, control_bin AS "controlBin", treatment_bin AS "treatmentBin", pairs FROM paired_count
            WHERE experiment = $1 AND segment = $2 ORDER BY variant, kind, control_bin, treatment_bin`,
          [experiment, segment],
        );
        return [...new Set(moments.map(({ variant }) => variant))].map((variant) => toArm(variant, moments, counts));
      }),
    );
  }
}

function toArm(variant: string, moments: readonly MomentsRow[], counts: readonly CountRow[]): PairedArm {
  const own = moments.filter((row) => row.variant === variant);
  const tableOf = (kind: PairedKind): readonly PairedCount[] =>
    counts
      .filter((row) => row.variant === variant && row.kind === kind)
      .map(({ controlBin, treatmentBin, pairs }) => ({ controlBin, treatmentBin, pairs: Number(pairs) }));
  return {
    variant,
    moments: Object.fromEntries(own.map((row) => [row.metric, MomentMatrix.fromPacked(row.moments)])),
    counts: { correct: tableOf('correct'), class: tableOf('class'), confidence: tableOf('confidence') },
  };
}
