import { dayOf, lowestIdAt, Partitions } from '../../../src/persistence/partitions';
import { TypeormDriftStore } from '../../../src/persistence/typeorm-drift-store';
import { TypeormExperimentStore } from '../../../src/persistence/typeorm-experiment-store';
import { TypeormMetricStore } from '../../../src/persistence/typeorm-metric-store';
import { TypeormModelLabelStore } from '../../../src/persistence/typeorm-model-label-store';
import { TypeormReplicaStatsStore } from '../../../src/persistence/typeorm-replica-stats-store';
import { anExperiment, anExperimentEvent } from '../../contract/an-experiment';
import { describeDriftStore } from '../../contract/drift-store.contract';
import { describeExperimentStore } from '../../contract/experiment-store.contract';
import { describeMetricStore } from '../../contract/metric-store.contract';
import { describeModelLabelStore } from '../../contract/model-label-store.contract';
import { describeReplicaStatsStore } from '../../contract/replica-stats-store.contract';
import { FakeLogger } from '../../fakes/fake-logger';
import { createTestDatabase, type TestDatabase } from '../database';

const tables =
  'experiment, experiment_event, experiment_unit, metric, model_label, drift_reference, drift_look, drift_alert, replica_stats';
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.dataSource.query(`TRUNCATE ${tables}`));

describeExperimentStore('TypeORM', () => ({
  store: new TypeormExperimentStore(database.dataSource),
  labels: () => new TypeormModelLabelStore(database.dataSource).list(),
  expose: async (experiment, unitIds) => {
    await database.dataSource.query(
      `INSERT INTO experiment_unit (unit_id, experiment, variant, segments, period_end, first_exposed_at, first_prediction_id, multiple)
       SELECT unit_id, $1, 'a', '{}', now(), now(), '00000000-0000-7000-8000-000000000001', false FROM unnest($2::text[]) AS unit_id`,
      [experiment, unitIds],
    );
  },
}));

describe('plans that were stored before', () => {
  it.each([
    [undefined, []],
    [null, []],
    [{ id: 'pricing', start: 0, end: 0.5 }, [{ id: 'pricing', start: 0, end: 0.5 }]],
  ])('an experiment could say who takes part are read: namespace %j', async (namespace, namespaces) => {
    const store = new TypeormExperimentStore(database.dataSource);
    const experiment = anExperiment({ status: 'RUNNING' });
    await store.insert(experiment, anExperimentEvent());
    await database.dataSource.query(
      `UPDATE experiment SET plan = plan - '{namespaces,holdout,prerequisites,hashAttribute}'::text[] || $1::jsonb`,
      [JSON.stringify(namespace === undefined ? {} : { namespace })],
    );
    expect(await store.find(experiment.key)).toEqual({ ...experiment, namespaces });
  });
});
describeMetricStore('TypeORM', () => new TypeormMetricStore(database.dataSource));
describeModelLabelStore('TypeORM', () => new TypeormModelLabelStore(database.dataSource));
describeDriftStore('TypeORM', () => new TypeormDriftStore(database.dataSource));
describeReplicaStatsStore('TypeORM', () => ({
  store: new TypeormReplicaStatsStore(database.dataSource),
  age: async (ms) => {
    await database.dataSource.query(`UPDATE replica_stats SET published_at = published_at - make_interval(secs => $1)`, [ms / 1000]);
  },
}));

describe('texts that PostgreSQL cannot hold', () => {
  it.each(['NUL \u0000', 'half a pair \ud800'])('are the mistake of the request: %j', async (text) => {
    const store = new TypeormExperimentStore(database.dataSource);
    const insert = store.insert(anExperiment({ name: text }), anExperimentEvent());
    await expect(insert).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await store.list()).toEqual([]);
  });
});

describe('what the ingester counted for drift', () => {
  const hour = (number: number) => new Date(Date.UTC(2026, 2, 1, number));
  let store: TypeormDriftStore;

  beforeEach(async () => {
    store = new TypeormDriftStore(database.dataSource);
    await database.dataSource.query('TRUNCATE drift_bucket, performance_bucket, confusion_bucket');
  });

  it('reads the minutes of one reference, newest first', async () => {
    const reference = '00000000-0000-7000-8000-000000000001';
    await database.dataSource.query(
      `INSERT INTO drift_bucket (reference_id, feature, started_at, counts) VALUES
       ($1, 'b', $2, '{1,2}'), ($1, 'a', $3, '{3,4}'), ($1, 'a', $2, '{5,9007199254740991}'), ($4, 'a', $3, '{7,8}')`,
      [reference, hour(1), hour(2), '00000000-0000-7000-8000-000000000002'],
    );
    expect(await store.buckets(reference, hour(1))).toEqual([
      { feature: 'a', startedAt: hour(2), counts: [3, 4] },
      { feature: 'a', startedAt: hour(1), counts: [5, Number.MAX_SAFE_INTEGER] },
      { feature: 'b', startedAt: hour(1), counts: [1, 2] },
    ]);
    expect(await store.buckets(reference, hour(2))).toHaveLength(1);
  });

  it('reads the hours of one version, or of all versions together', async () => {
    await database.dataSource.query(
      `INSERT INTO performance_bucket (model, version, hour, predictions, confidence_sum, labelled, correct) VALUES
       ('digits', '1', $1, 10, 9.5, 4, 3), ('digits', '2', $1, 20, 19.5, 5, 5), ('digits', '1', $2, 1, 0.5, 0, 0), ('other', '1', $1, 7, 7, 7, 7)`,
      [hour(1), hour(2)],
    );
    await database.dataSource.query(
      `INSERT INTO confusion_bucket (model, version, hour, truth, predicted, count) VALUES
       ('digits', '1', $1, 3, 3, 3), ('digits', '1', $1, 3, 8, 1), ('digits', '2', $1, 3, 3, 5), ('digits', '2', $1, 4, 4, 0)`,
      [hour(1)],
    );
    const later = { startedAt: hour(2), predictions: 1, labelled: 0, correct: 0, confidenceSum: 0.5, confusion: [] };
    expect(await store.performance('digits', '1', hour(1))).toEqual([
      later,
      {
        startedAt: hour(1),
        predictions: 10,
        labelled: 4,
        correct: 3,
        confidenceSum: 9.5,
        confusion: [
          { truth: 3, predicted: 3, count: 3 },
          { truth: 3, predicted: 8, count: 1 },
        ],
      },
    ]);
    expect(await store.performance('digits', null, hour(1))).toEqual([
      later,
      {
        startedAt: hour(1),
        predictions: 30,
        labelled: 9,
        correct: 8,
        confidenceSum: 29,
        confusion: [
          { truth: 3, predicted: 3, count: 8 },
          { truth: 3, predicted: 8, count: 1 },
        ],
      },
    ]);
    expect(await store.performance('digits', '1', hour(2))).toEqual([later]);
  });

  it('reads the newest successful predictions with their labels', async () => {
    const nowMs = hour(5).getTime();
    const { dataSource } = database;
    await new Partitions({ dataSource, logger: new FakeLogger(), now: () => nowMs }).ensure([dayOf(nowMs)]);
    const digit = { kind: 'classification', classIndex: 3, label: 'three', confidence: 0.75, probabilities: [] };
    const inputFeatures = { brightness: 0.5, colour: null };
    const outcomeOf = (answer: object | null) => (answer ? { status: 'succeeded', answer } : { status: 'failed', code: 'OVERLOADED' });
    const rows = [
      { version: '1', at: 1, answer: digit },
      { version: '1', at: 2, answer: { kind: 'regression', value: 2.5 } },
      { version: '1', at: 3, answer: null },
      { version: '2', at: 4, answer: digit },
      { version: '1', at: 0, answer: digit },
    ];
    for (const { version, at, answer } of rows) {
      await dataSource.query(
        `INSERT INTO prediction (id, occurred_at, model, version, assignments, event) VALUES ($1, $2, 'digits', $3, '[]', $4)`,
        [lowestIdAt(hour(at).getTime()), hour(at), version, JSON.stringify({ outcome: outcomeOf(answer), inputFeatures })],
      );
    }
    await dataSource.query(
      `INSERT INTO prediction_label (prediction_id, id, truth, occurred_at, received_at, matched, correct) VALUES ($1, $1, '{}', $2, $2, true, false)`,
      [lowestIdAt(hour(1).getTime()), hour(4)],
    );
    const number = { inputFeatures, label: null, confidence: null, value: 2.5, correct: null };
    const three = { inputFeatures, label: 'three', confidence: 0.75, value: null, correct: false };
    expect(await store.recentRows('digits', '1', 10, hour(1))).toEqual([number, three]);
    expect(await store.recentRows('digits', '1', 1, hour(0))).toEqual([number]);
    const answers = [number, three].map(({ label, value }) => ({ label, value }));
    expect(await store.recentAnswers('digits', '1', 10, hour(1))).toEqual(answers);
    expect(await store.recentAnswers('digits', '1', 1, hour(0))).toEqual(answers.slice(0, 1));
  });
});
