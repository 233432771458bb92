import type { QueryRunner } from 'typeorm';
import { OutcomeStream } from '../../../bench/results/outcome-stream';
import type { Event, LabelEvent } from '../../../src/events/event';
import { createEventId } from '../../../src/events/event-id';
import { foldEvents } from '../../../src/persistence/ingest/fold-events';
import { Partitions } from '../../../src/persistence/partitions';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';

const units = 40_000;
const largeTables = ['outcome', 'experiment_unit', 'unit_metric'];
/** They hold the few outcomes that still wait for their prediction. */
const smallIndexes = ['outcome_waiting', 'outcome_unmatched'];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

/** Reads of a whole table, by way of an index or not. */
function wholeReads(plan: Plan): readonly string[] {
  const { 'Node Type': type, 'Relation Name': table = '', 'Index Name': index = '', 'Index Cond': condition, Plans = [] } = plan;
  const isWhole = type === 'Seq Scan' || (type.startsWith('Index') && condition === undefined && !smallIndexes.includes(index));
  return [...(isWhole && largeTables.includes(table) ? [`${type} on ${table}`] : []), ...Plans.flatMap(wholeReads)];
}

function labelOf({ id, occurredAtMs }: Event, index: number): LabelEvent {
  const truth = { kind: 'class', classIndex: 1 } as const;
  return {
    type: 'label',
    id: createEventId(occurredAtMs, Buffer.alloc(10, index)),
    predictionId: id,
    truth,
    occurredAtMs,
    receivedAtMs: occurredAtMs,
  };
}

describe('folding a batch beside many units', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { dataSource } = database;
    const plan = { primaryMetric: 'revenue', secondaryMetrics: ['page_time'], segments: ['country'] };
    await dataSource.query(
      `INSERT INTO experiment (key, model, status, revision, plan, state, created_at) VALUES ('outcomes', 'm', 'RUNNING', 1, $1, '{}', now())`,
      [JSON.stringify(plan)],
    );
    await dataSource.query(`INSERT INTO metric (key, name, description, kind, direction) VALUES ('revenue', 'r', '', 'mean', 'higher')`);
    await dataSource.query(`INSERT INTO metric (key, name, description, kind, direction) VALUES ('page_time', 'p', '', 'ratio', 'higher')`);
    // No statistics yet, as in the first minute of a new server.
    for (const table of largeTables) await dataSource.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    await dataSource.query(
      `INSERT INTO experiment_unit (unit_id, experiment, variant, segments, period_end, first_exposed_at, first_prediction_id, multiple)
       SELECT 'unit-' || n, 'outcomes', 'control', '{}', now(), now() - interval '1 year', gen_random_uuid(), false FROM generate_series(1000, $1::int) AS n`,
      [units],
    );
    await dataSource.query(
      `INSERT INTO unit_metric (unit_id, experiment, metric, numerator, denominator)
       SELECT unit_id, experiment, metric, 1, 1 FROM experiment_unit, unnest(ARRAY['revenue', 'page_time']) AS metric`,
    );
    await dataSource.query(
      `INSERT INTO outcome (id, metric, unit_id, value, occurred_at, received_at, matched)
       SELECT gen_random_uuid(), metric, unit_id, 1, now(), now(), true FROM unit_metric`,
    );
  }, 60_000);
  afterAll(() => database.drop());

  it('reads none of the large tables whole', async () => {
    const startedAtMs = Date.now() - 3_600_000;
    const events = new OutcomeStream({ seed: 1, outcomes: 10 * units, startedAtMs, spanMs: 1000 }).from(0, 1100);
    const partitions = new Partitions({ dataSource: database.dataSource, logger: new FakeLogger(), now: Date.now });
    await partitions.maintain();
    const runner = database.dataSource.createQueryRunner();
    await runner.startTransaction();
    const asked: [string, Parameters<QueryRunner['query']>[1]][] = [];
    const watched = new Proxy(runner, {
      get: (target, name) => {
        if (name !== 'query') return Reflect.get(target, name, target);
        return (...given: Parameters<QueryRunner['query']>) => {
          asked.push([given[0], given[1]]);
          return target.query(...given);
        };
      },
    }) as QueryRunner;
    // New units and their labels, and outcomes of many that were there.
    const known = events.map((event, index) => (event.type === 'outcome' ? { ...event, unitId: `unit-${1000 + 30 * index}` } : event));
    const labels = events.filter(({ type }) => type === 'prediction').map(labelOf);
    await foldEvents(
      watched,
      [...known, ...labels].map((event) => ({ event, json: Buffer.from(JSON.stringify(event)) })),
    );
    const reads: string[] = [];
    for (const [sql, parameters] of asked.filter(([one]) => one.trimStart().startsWith('SELECT'))) {
      const [row] = await runner.query(`EXPLAIN (FORMAT JSON) ${sql}`, parameters);
      reads.push(...wholeReads(row['QUERY PLAN'][0].Plan));
    }
    await runner.rollbackTransaction();
    await runner.release();
    expect(asked.filter(([sql]) => sql.includes('unit_metric')).length).toBeGreaterThan(0);
    expect(reads).toEqual([]);
  }, 60_000);
});
