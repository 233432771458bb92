import type { DataSource } from 'typeorm';
import { In, MoreThan, Not } from 'typeorm';
import type { AlertFilter, DriftAlert, DriftSeverity } from '../drift/drift-alert';
import type {
  DriftLook,
  DriftReference,
  DriftStore,
  FeatureBucket,
  LookCount,
  PastAnswer,
  PerformanceBucket,
  ReferenceRow,
} from '../drift/drift-store';
import { AppError } from '../errors';
import { violatedConstraint, withDatabase } from './database-errors';
import { readFeatureBuckets, readPastAnswers, readPerformance, readReferenceRows } from './drift-windows';
import { DriftAlertEntity } from './entities/drift-alert.entity';
import { DriftReferenceEntity } from './entities/drift-reference.entity';

/** The summary looks back days; what is older only costs room. */
const looksKeptDays = 90;
const severities: readonly DriftSeverity[] = ['NONE', 'LOW', 'MEDIUM', 'HIGH'];

export class TypeormDriftStore implements DriftStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async reference(model: string, version: string): Promise<DriftReference | null> {
    const repository = this.#dataSource.getRepository(DriftReferenceEntity);
    return withDatabase(() => repository.findOne({ where: { model, version }, order: { capturedAt: 'DESC', id: 'DESC' } }));
  }

  async saveReference(reference: DriftReference): Promise<void> {
    await withDatabase(() =>
      this.#dataSource.query(
        `INSERT INTO drift_reference (id, model, version, profile, captured_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING`,
        [reference.id, reference.model, reference.version, JSON.stringify(reference.profile), reference.capturedAt],
      ),
    );
  }

  buckets(referenceId: string, since: Date): Promise<readonly FeatureBucket[]> {
    return withDatabase(() => readFeatureBuckets(this.#dataSource, referenceId, since));
  }

  performance(model: string, version: string | null, since: Date): Promise<readonly PerformanceBucket[]> {
    return withDatabase(() => readPerformance(this.#dataSource, model, version, since));
  }

  recentRows(model: string, version: string, limit: number, since: Date): Promise<readonly ReferenceRow[]> {
    return withDatabase(() => readReferenceRows(this.#dataSource, { model, version, limit, since }));
  }

  recentAnswers(model: string, version: string, limit: number, since: Date): Promise<readonly PastAnswer[]> {
    return withDatabase(() => readPastAnswers(this.#dataSource, { model, version, limit, since }));
  }

  async appendLooks(looks: readonly DriftLook[]): Promise<void> {
    if (looks.length === 0) return;
    const column = <Key extends keyof DriftLook>(key: Key) => looks.map((look) => look[key]);
    await withDatabase(() =>
      this.#dataSource.query(
        `WITH forgotten AS (DELETE FROM drift_look WHERE model = ANY($1::text[]) AND at < now() - make_interval(days => $10))
         INSERT INTO drift_look (model, at, version, kind, feature, test, statistic, p_value, severity)
         SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
                              $7::double precision[], $8::double precision[], $9::text[])`,
        [
          ...[column('model'), column('at'), column('version'), column('kind'), column('feature'), column('test')],
          ...[column('statistic'), column('pValue'), column('severity'), looksKeptDays],
        ],
      ),
    );
  }

  async countLooks(model: string, since: Date): Promise<readonly LookCount[]> {
    const rows: readonly (Omit<LookCount, 'count'> & { readonly count: string })[] = await withDatabase(() =>
      this.#dataSource.query(
        `SELECT kind, feature, severity, count(*) AS count FROM drift_look WHERE model = $1 AND at >= $2
          GROUP BY kind, feature, severity ORDER BY kind, feature, severity`,
        [model, since],
      ),
    );
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  async openAlerts(model: string, version: string): Promise<readonly DriftAlert[]> {
    return withDatabase(() => this.#alerts.findBy({ model, version, state: Not('RESOLVED') }));
  }

  async findAlert(id: string): Promise<DriftAlert | null> {
    return isUuid(id) ? withDatabase(() => this.#alerts.findOneBy({ id })) : null;
  }

  async saveAlert(alert: DriftAlert): Promise<void> {
    try {
      await withDatabase(() => this.#alerts.upsert({ ...alert }, ['id']));
    } catch (error) {
      if (violatedConstraint(error) !== 'drift_alert_one_open') throw error;
      throw new AppError('CONFLICT', 'An alert for the same drift is open already.', { cause: error });
    }
  }

  async listAlerts(
    filter: AlertFilter,
    first: number,
    after: string | null,
  ): Promise<{ readonly items: readonly DriftAlert[]; readonly hasNextPage: boolean }> {
    const query = this.#alerts
      .createQueryBuilder('alert')
      .orderBy('alert.openedAt', 'DESC')
      .addOrderBy('alert.id', 'DESC')
      .take(first + 1);
    const { model, version, kind, states, minSeverity } = filter;
    query.where({
      ...(model !== undefined && { model }),
      ...(version !== undefined && { version }),
      ...(kind !== undefined && { kind }),
      ...(states !== undefined && { state: In([...new Set(states)]) }),
      ...(minSeverity !== undefined && { severity: In(severities.slice(severities.indexOf(minSeverity))) }),
    });
    if (after !== null && !isUuid(after)) return { items: [], hasNextPage: false };
    if (after !== null)
      query.andWhere('(alert.openedAt, alert.id) < (SELECT a.opened_at, a.id FROM drift_alert a WHERE a.id = :after)', { after });
    const rows = await withDatabase(() => query.getMany());
    return { items: rows.slice(0, first), hasNextPage: rows.length > first };
  }

  async alertsChangedSince(since: Date): Promise<readonly DriftAlert[]> {
    return withDatabase(() => this.#alerts.find({ where: { updatedAt: MoreThan(since) }, order: { updatedAt: 'ASC', id: 'ASC' } }));
  }

  get #alerts() {
    return this.#dataSource.getRepository(DriftAlertEntity);
  }
}

/** Ids come from clients too; what is no UUID names nothing, and PostgreSQL would not even compare it. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
