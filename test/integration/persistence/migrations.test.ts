import { lowestIdAt, Partitions } from '../../../src/persistence/partitions';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';

describe('the database', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  /** Undoes it, and all later ones before. */
  async function goBackBefore(name: string): Promise<void> {
    const { dataSource } = database;
    while ((await dataSource.query('SELECT 1 FROM migration WHERE name = $1', [name])).length > 0) await dataSource.undoLastMigration();
  }

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
    await goBackBefore('PredictionEvent1764000000003');
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
      await dataSource.query(
        `INSERT INTO unit_metric (unit_id, experiment, metric, numerator, denominator) VALUES ($1, 'e', 'm', $2, $3)`,
        [unit, numerator, denominator],
      );
    }
    await dataSource.query(
      `INSERT INTO variant_traffic VALUES ('e', '', 'a', $1, 2, 7, 3), ('e', 'c=DE', 'a', $1, 2, 7, 3), ('e', '', 'a', $2, 1, 4, 1), ('e', 'c=DE', 'a', $2, 1, 4, 1)`,
      [hour, next],
    );
    await dataSource.query(
      `INSERT INTO variant_sums VALUES ('e', '', 'a', 'm', $1, 1, 4, 2, 10, 4, 2), ('e', 'c=DE', 'a', 'm', $1, 1, 4, 2, 10, 4, 2), ('e', '', 'a', 'm', $2, 1, 5, 4, 25, 16, 20)`,
      [hour, next],
    );
    await goBackBefore('Segments1764000000004');
    const sums = { units: '2', numerator: 9, denominator: 6, numerator_squared: 35, denominator_squared: 20, product: 22 };
    expect(await dataSource.query('SELECT * FROM variant_sums')).toEqual([{ experiment: 'e', variant: 'a', metric: 'm', ...sums }]);
    expect(await dataSource.query('SELECT * FROM variant_traffic')).toEqual([
      { experiment: 'e', variant: 'a', exposed_units: '3', predictions: '11', labelled_predictions: '4' },
    ]);
    await dataSource.runMigrations();
    const key = { experiment: 'e', segment: '', variant: 'a' };
    expect(await dataSource.query('SELECT * FROM variant_traffic ORDER BY period_end')).toEqual([
      { ...key, period_end: new Date(hour), exposed_units: '2', predictions: '11', labelled_predictions: '4', phase: 0 },
      { ...key, period_end: new Date(next), exposed_units: '1', predictions: '0', labelled_predictions: '0', phase: 0 },
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
        numerator_cubed: 28,
        numerator_squared_denominator: 2,
        numerator_denominator_squared: 4,
        denominator_cubed: 8,
        phase: 0,
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
        numerator_cubed: 125,
        numerator_squared_denominator: 100,
        numerator_denominator_squared: 80,
        denominator_cubed: 64,
        phase: 0,
      },
    ]);
    expect(await dataSource.query('SELECT period_end, segments FROM experiment_unit ORDER BY unit_id')).toEqual([
      { period_end: new Date(hour), segments: [] },
      { period_end: new Date(hour), segments: [] },
      { period_end: new Date(next), segments: [] },
    ]);
  });

  it('makes sums of cubes from the totals of units, by segment and with the cap', async () => {
    const { dataSource } = database;
    const migrations = dataSource.migrations.findIndex(({ name }) => name === 'Covariates1764000000007');
    for (let undone = dataSource.migrations.length; undone > migrations; undone--) await dataSource.undoLastMigration();
    const period = '2026-11-23T11:00:00.000Z';
    await dataSource.query(
      `INSERT INTO metric (key, name, description, kind, direction, cap) VALUES ('capped', 'c', '', 'ratio', 'higher', 3)`,
    );
    for (const [unit, numerator, denominator] of [
      ['p', 2, 1],
      ['q', 5, 2],
    ] as const) {
      await dataSource.query(
        `INSERT INTO experiment_unit (unit_id, experiment, variant, first_exposed_at, first_prediction_id, multiple, segments, period_end)
         VALUES ($1, 'cubes', 'a', $2, gen_random_uuid(), false, $3, $2)`,
        [unit, period, unit === 'p' ? ['c=DE'] : ['c=CH']],
      );
      await dataSource.query(`INSERT INTO unit_metric VALUES ($1, 'cubes', 'capped', $2, $3)`, [unit, numerator, denominator]);
    }
    await dataSource.query(
      `INSERT INTO variant_sums VALUES ('cubes', '', 'a', 'capped', $1, 2, 5, 3, 13, 5, 8), ('cubes', 'c=DE', 'a', 'capped', $1, 1, 2, 1, 4, 1, 2)`,
      [period],
    );
    await dataSource.runMigrations();
    const read = `SELECT segment, numerator_cubed AS mmm, numerator_squared_denominator AS mmd, numerator_denominator_squared AS mdd, denominator_cubed AS ddd
                    FROM variant_sums WHERE experiment = 'cubes' ORDER BY segment`;
    expect(await dataSource.query(read)).toEqual([
      { segment: '', mmm: 8 + 27, mmd: 4 + 18, mdd: 2 + 12, ddd: 1 + 8 },
      { segment: 'c=DE', mmm: 8, mmd: 4, mdd: 2, ddd: 1 },
    ]);
  });

  it('knows of earlier predictions when each unit came, once it remembers what came last', async () => {
    const { dataSource } = database;
    const place = dataSource.migrations.findIndex(({ name }) => name === 'LastSeen1764000000012');
    const undo = async () => {
      for (let undone = 0; undone < dataSource.migrations.length - place; undone++) await dataSource.undoLastMigration();
    };
    const times = ['2026-11-22T10:00:00.000Z', '2026-11-22T12:00:00.000Z'];
    await dataSource.query(
      `INSERT INTO experiment_health (experiment, multiple_exposures, unmatched) VALUES ('seen', 3, 4), ('unseen', 5, 6)`,
    );
    await undo();
    for (const [index, at] of times.entries())
      for (const experiment of ['seen', 'new'])
        await dataSource.query(
          `INSERT INTO experiment_unit (unit_id, experiment, variant, first_exposed_at, first_prediction_id, multiple, segments, period_end)
           VALUES ($1, $2, 'a', $3::timestamptz, gen_random_uuid(), false, '{}', $3)`,
          [`unit-${index}`, experiment, at],
        );
    await dataSource.runMigrations();
    const read = (columns: string) =>
      dataSource.query(`SELECT ${columns} FROM experiment_health WHERE experiment IN ('seen', 'unseen', 'new') ORDER BY experiment`);
    const last = { last_exposure_at: new Date(times[1] as string), last_label_at: null, last_outcome_at: null };
    expect(await read('*')).toEqual([
      { experiment: 'new', multiple_exposures: '0', unmatched: '0', ...last },
      { experiment: 'seen', multiple_exposures: '3', unmatched: '4', ...last },
      { experiment: 'unseen', multiple_exposures: '5', unmatched: '6', ...last, last_exposure_at: null },
    ]);
    await undo();
    expect(await read('*')).toEqual([
      { experiment: 'new', multiple_exposures: '0', unmatched: '0' },
      { experiment: 'seen', multiple_exposures: '3', unmatched: '4' },
      { experiment: 'unseen', multiple_exposures: '5', unmatched: '6' },
    ]);
    await dataSource.runMigrations();
  });

  it('adds up the phases of a bandit when it goes back to sums without them', async () => {
    const { dataSource } = database;
    const key = { experiment: 'bandit', segment: '', variant: 'a' };
    const at = '2026-11-22T11:00:00.000Z';
    for (const phase of [0, 1]) {
      await dataSource.query(`INSERT INTO variant_traffic VALUES ('bandit', '', 'a', $1, 2, 7, 3, $2)`, [at, phase]);
      await dataSource.query(`INSERT INTO variant_sums VALUES ('bandit', '', 'a', 'm', $1, 1, 4, 2, 16, 4, 8, 64, 32, 16, 8, $2)`, [
        at,
        phase,
      ]);
    }
    await goBackBefore('BanditPhases1764000000009');
    const sums = {
      ...{ units: '2', numerator: 8, denominator: 4, numerator_squared: 32, denominator_squared: 8, product: 16 },
      ...{ numerator_cubed: 128, numerator_squared_denominator: 64, numerator_denominator_squared: 32, denominator_cubed: 16 },
    };
    expect(await dataSource.query(`SELECT * FROM variant_sums WHERE experiment = 'bandit'`)).toEqual([
      { ...key, metric: 'm', period_end: new Date(at), ...sums },
    ]);
    expect(await dataSource.query(`SELECT * FROM variant_traffic WHERE experiment = 'bandit'`)).toEqual([
      { ...key, period_end: new Date(at), exposed_units: '4', predictions: '14', labelled_predictions: '6' },
    ]);
    await dataSource.runMigrations();
    expect(await dataSource.query(`SELECT phase, place FROM experiment_unit WHERE experiment = 'bandit'`)).toEqual([]);
    expect(await dataSource.query(`SELECT phase FROM variant_sums WHERE experiment = 'bandit'`)).toEqual([{ phase: 0 }]);
  });

  it('goes all the way down and up again', async () => {
    for (const _ of database.dataSource.migrations) await database.dataSource.undoLastMigration();
    expect(await database.dataSource.runMigrations()).toHaveLength(database.dataSource.migrations.length);
  });
});
