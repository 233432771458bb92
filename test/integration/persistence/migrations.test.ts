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
    await dataSource.undoLastMigration();
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

  it('goes all the way down and up again', async () => {
    for (const _ of database.dataSource.migrations) await database.dataSource.undoLastMigration();
    expect(await database.dataSource.runMigrations()).toHaveLength(4);
  });
});
