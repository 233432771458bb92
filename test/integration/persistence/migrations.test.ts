import { lowestIdAt, Partitions } from '../../../src/persistence/partitions';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';

describe('the database', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('has nothing left to migrate once it is open', async () => {
    expect(await database.dataSource.showMigrations()).toBe(false);
  });

  it('knows every entity as the migrations made it', async () => {
    const log = await database.dataSource.driver.createSchemaBuilder().log();
    const own = log.upQueries.filter(({ query }) =>
      database.dataSource.entityMetadatas.some(({ tableName }) => /ADD|ALTER COLUMN/.test(query) && query.includes(`"${tableName}"`)),
    );
    expect(own.map(({ query }) => query)).toEqual([]);
  });

  it('keeps recorded predictions when it goes back to the columns they had, and forth again', async () => {
    const { dataSource } = database;
    const occurredAtMs = Date.UTC(2026, 10, 22, 8);
    await new Partitions({ dataSource, logger: new FakeLogger(), now: () => occurredAtMs }).maintain();
    const common = { type: 'prediction', occurredAtMs, model: 'digits', version: '1', assignments: [], timing: { totalMs: 1.5 } };
    const answer = { kind: 'regression', value: 2.5 };
    const events = [
      { ...common, unitId: 'u', attributes: { a: [1] }, outcome: { status: 'succeeded', answer }, inputFeatures: { x: 0.25, y: null } },
      { ...common, unitId: null, attributes: null, outcome: { status: 'failed', code: 'A', message: 'b' }, inputFeatures: {} },
    ].map((event, index) => ({ ...event, id: `${lowestIdAt(occurredAtMs).slice(0, -1)}${index}` }));
    for (const event of events)
      await dataSource.query(
        `INSERT INTO prediction (id, occurred_at, model, version, unit_id, assignments, event) VALUES ($1, $2, 'digits', '1', $3, '[]', $4)`,
        [event.id, new Date(occurredAtMs), event.unitId, JSON.stringify(event)],
      );
    // The later ones first.
    for (let undone = 0; undone < 5; undone++) await dataSource.undoLastMigration();
    expect(await dataSource.query('SELECT answer, attributes, failure_code FROM prediction ORDER BY id')).toEqual([
      { answer, attributes: { a: [1] }, failure_code: null },
      { answer: null, attributes: null, failure_code: 'A' },
    ]);
    await dataSource.runMigrations();
    // Also in a partition that is made later.
    await new Partitions({ dataSource, logger: new FakeLogger(), now: () => occurredAtMs + 30 * 86_400_000 }).maintain();
    const storages = `SELECT DISTINCT attstorage FROM pg_attribute JOIN pg_class ON oid = attrelid WHERE relname LIKE 'prediction%' AND attname = 'event'`;
    expect(await dataSource.query(storages)).toEqual([{ attstorage: 'e' }]);
    const stored = await dataSource.query('SELECT event FROM prediction ORDER BY id');
    expect(stored.map((row: { readonly event: unknown }) => row.event)).toEqual(events);
  });

  it('keeps the sums of everyone when it goes back to those without segments, and forth again', async () => {
    const { dataSource } = database;
    const [hour, next] = ['2026-11-22T11:00:00.000Z', '2026-11-22T12:00:00.000Z'];
    const units = [
      { unit: 'u', period: hour, numerator: 1, denominator: 2 },
      { unit: 'v', period: hour, numerator: 3, denominator: 0 },
      { unit: 'w', period: next, numerator: 5, denominator: 4 },
    ];
    for (const { unit, period, numerator, denominator } of units) {
      await dataSource.query(
        `INSERT INTO experiment_unit (unit_id, experiment, variant, first_exposed_at, first_prediction_id, multiple, segments, period_end)
         VALUES ($1, 'e', 'a', $2::timestamptz - interval '1 minute', gen_random_uuid(), false, '{c=DE}', $2)`,
        [unit, period],
      );
      await dataSource.query(`INSERT INTO unit_metric VALUES ($1, 'e', 'm', $2, $3)`, [unit, numerator, denominator]);
    }
    await dataSource.query(
      `INSERT INTO variant_traffic VALUES ('e', '', 'a', $1, 2, 7, 3), ('e', 'c=DE', 'a', $1, 2, 7, 3), ('e', '', 'a', $2, 1, 4, 1), ('e', 'c=DE', 'a', $2, 1, 4, 1)`,
      [hour, next],
    );
    await dataSource.query(
      `INSERT INTO variant_sums VALUES ('e', '', 'a', 'm', $1, 1, 4, 2, 10, 4, 2), ('e', 'c=DE', 'a', 'm', $1, 1, 4, 2, 10, 4, 2), ('e', '', 'a', 'm', $2, 1, 5, 4, 25, 16, 20)`,
      [hour, next],
    );
    for (let undone = 0; undone < 4; undone++) await dataSource.undoLastMigration();
    const sums = { units: '2', numerator: 9, denominator: 6, numerator_squared: 35, denominator_squared: 20, product: 22 };
    expect(await dataSource.query('SELECT * FROM variant_sums')).toEqual([{ experiment: 'e', variant: 'a', metric: 'm', ...sums }]);
    expect(await dataSource.query('SELECT * FROM variant_traffic')).toEqual([
      { experiment: 'e', variant: 'a', exposed_units: '3', predictions: '11', labelled_predictions: '4' },
    ]);
    await dataSource.runMigrations();
    const key = { experiment: 'e', segment: '', variant: 'a' };
    expect(await dataSource.query('SELECT * FROM variant_traffic ORDER BY period_end')).toEqual([
      { ...key, period_end: new Date(hour), exposed_units: '2', predictions: '11', labelled_predictions: '4' },
      { ...key, period_end: new Date(next), exposed_units: '1', predictions: '0', labelled_predictions: '0' },
    ]);
    expect(await dataSource.query('SELECT * FROM variant_sums ORDER BY period_end')).toEqual([
      {
        ...key,
        metric: 'm',
        period_end: new Date(hour),
        units: '1',
        numerator: 4,
        denominator: 2,
        numerator_squared: 10,
        denominator_squared: 4,
        product: 2,
      },
      {
        ...key,
        metric: 'm',
        period_end: new Date(next),
        units: '1',
        numerator: 5,
        denominator: 4,
        numerator_squared: 25,
        denominator_squared: 16,
        product: 20,
      },
    ]);
    expect(await dataSource.query('SELECT period_end, segments FROM experiment_unit ORDER BY unit_id')).toEqual([
      { period_end: new Date(hour), segments: [] },
      { period_end: new Date(hour), segments: [] },
      { period_end: new Date(next), segments: [] },
    ]);
  });

  it('goes all the way down and up again', async () => {
    for (const _ of database.dataSource.migrations) await database.dataSource.undoLastMigration();
    expect(await database.dataSource.runMigrations()).toHaveLength(8);
  });
});
