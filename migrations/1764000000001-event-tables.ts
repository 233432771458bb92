import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the ingester writes. Raw rows (`prediction`, `prediction_label`, `outcome`) carry no foreign keys: events of several replicas
 * arrive in any order. Everything else is folded from them, in the transaction that stores them. PostgreSQL 15 to 18.
 */
const rawTables = [
  // Partitioned by the day in the UUIDv7 id, so that the primary key alone dedupes globally and retention drops whole days.
  // No DEFAULT partition: it would block DETACH CONCURRENTLY; a row without a partition is dead-lettered.
  `CREATE TABLE prediction (
    id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    model text NOT NULL,
    version text NOT NULL,
    unit_id text,
    attributes jsonb,
    assignments jsonb NOT NULL,
    answer jsonb,
    failure_code text,
    failure_message text,
    input_features jsonb NOT NULL,
    timing jsonb NOT NULL,
    CONSTRAINT prediction_pkey PRIMARY KEY (id),
    CONSTRAINT prediction_answer_or_failure CHECK ((answer IS NULL) <> (failure_code IS NULL))
  ) PARTITION BY RANGE (id)`,
  'CREATE INDEX prediction_model_version ON prediction (model, version, id)',
  'CREATE INDEX prediction_unit ON prediction (unit_id, id) WHERE unit_id IS NOT NULL',
  // The label that counts: the latest by (received_at, id). `correct` and `truth_class` are what was folded for it.
  `CREATE TABLE prediction_label (
    prediction_id uuid NOT NULL,
    id uuid NOT NULL,
    truth jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    matched boolean NOT NULL,
    correct boolean,
    truth_class integer,
    CONSTRAINT prediction_label_pkey PRIMARY KEY (prediction_id)
  ) PARTITION BY RANGE (prediction_id)`,
  'CREATE INDEX prediction_label_unmatched ON prediction_label (received_at) WHERE NOT matched',
  // `unit_id` of an outcome that names a prediction is filled in when the prediction is known (`matched`).
  `CREATE TABLE outcome (
    id uuid NOT NULL,
    metric text NOT NULL,
    unit_id text,
    prediction_id uuid,
    value double precision NOT NULL,
    denominator double precision,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    matched boolean NOT NULL,
    CONSTRAINT outcome_pkey PRIMARY KEY (id)
  )`,
  'CREATE INDEX outcome_unit ON outcome (unit_id, occurred_at) WHERE unit_id IS NOT NULL',
  'CREATE INDEX outcome_waiting ON outcome (prediction_id) WHERE NOT matched',
  'CREATE INDEX outcome_unmatched ON outcome (received_at) WHERE NOT matched',
];

const foldedTables = [
  // Keys begin with the unit, so that the tables can be sharded by it.
  `CREATE TABLE experiment_unit (
    unit_id text NOT NULL,
    experiment text NOT NULL,
    variant text NOT NULL,
    first_exposed_at timestamptz NOT NULL,
    first_prediction_id uuid NOT NULL,
    multiple boolean NOT NULL,
    CONSTRAINT experiment_unit_pkey PRIMARY KEY (unit_id, experiment)
  )`,
  `CREATE TABLE unit_metric (
    unit_id text NOT NULL,
    experiment text NOT NULL,
    metric text NOT NULL,
    numerator double precision NOT NULL,
    denominator double precision NOT NULL,
    CONSTRAINT unit_metric_pkey PRIMARY KEY (unit_id, experiment, metric)
  ) WITH (fillfactor = 80)`,
  `CREATE TABLE variant_sums (
    experiment text NOT NULL,
    variant text NOT NULL,
    metric text NOT NULL,
    units bigint NOT NULL,
    numerator double precision NOT NULL,
    denominator double precision NOT NULL,
    numerator_squared double precision NOT NULL,
    denominator_squared double precision NOT NULL,
    product double precision NOT NULL,
    CONSTRAINT variant_sums_pkey PRIMARY KEY (experiment, variant, metric)
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE variant_traffic (
    experiment text NOT NULL,
    variant text NOT NULL,
    exposed_units bigint NOT NULL,
    predictions bigint NOT NULL,
    labelled_predictions bigint NOT NULL,
    CONSTRAINT variant_traffic_pkey PRIMARY KEY (experiment, variant)
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE experiment_health (
    experiment text NOT NULL,
    multiple_exposures bigint NOT NULL,
    unmatched bigint NOT NULL,
    CONSTRAINT experiment_health_pkey PRIMARY KEY (experiment)
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE drift_bucket (
    reference_id uuid NOT NULL,
    feature text NOT NULL,
    started_at timestamptz NOT NULL,
    counts bigint[] NOT NULL,
    CONSTRAINT drift_bucket_pkey PRIMARY KEY (reference_id, feature, started_at)
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE performance_bucket (
    model text NOT NULL,
    version text NOT NULL,
    hour timestamptz NOT NULL,
    predictions bigint NOT NULL,
    confidence_sum double precision NOT NULL,
    labelled bigint NOT NULL,
    correct bigint NOT NULL,
    CONSTRAINT performance_bucket_pkey PRIMARY KEY (model, version, hour)
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE confusion_bucket (
    model text NOT NULL,
    version text NOT NULL,
    hour timestamptz NOT NULL,
    truth integer NOT NULL,
    predicted integer NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT confusion_bucket_pkey PRIMARY KEY (model, version, hour, truth, predicted)
  ) WITH (fillfactor = 70)`,
];

const ingestTables = [
  `CREATE TABLE journal_checkpoint (
    journal_id text NOT NULL,
    segment bigint NOT NULL,
    offset_bytes bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT journal_checkpoint_pkey PRIMARY KEY (journal_id)
  ) WITH (fillfactor = 50)`,
  // `event` is text, not jsonb: what jsonb cannot hold is one reason to be here.
  `CREATE TABLE dead_letter (
    event_type text NOT NULL,
    event_id text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    event text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dead_letter_pkey PRIMARY KEY (event_type, event_id)
  )`,
];

const tables = [
  'prediction',
  'prediction_label',
  'outcome',
  'experiment_unit',
  'unit_metric',
  'variant_sums',
  'variant_traffic',
  'experiment_health',
  'drift_bucket',
  'performance_bucket',
  'confusion_bucket',
  'journal_checkpoint',
  'dead_letter',
];

export class EventTables1764000000001 implements MigrationInterface {
  readonly name = 'EventTables1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...rawTables, ...foldedTables, ...ingestTables]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of [...tables].reverse()) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
