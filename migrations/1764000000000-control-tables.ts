import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What people decide and what the server concludes: few rows, read often. The high-volume tables are in the next migration.
 * Lists are ordered by keys in the "C" collation, so that they read the same on every server.
 */
const statements = [
  `CREATE TABLE experiment (
    key text COLLATE "C" NOT NULL,
    model text NOT NULL,
    status text NOT NULL,
    revision integer NOT NULL,
    plan jsonb NOT NULL,
    state jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT experiment_pkey PRIMARY KEY (key),
    CONSTRAINT experiment_status CHECK (status IN ('DRAFT', 'RUNNING', 'PAUSED', 'STOPPED'))
  )`,
  // Until layers exist, one experiment at a time may decide for a model; replicas that start two at once meet here.
  `CREATE UNIQUE INDEX experiment_one_per_model ON experiment (model) WHERE status IN ('RUNNING', 'PAUSED')`,
  'CREATE INDEX experiment_newest ON experiment (created_at DESC, key)',
  `CREATE TABLE experiment_event (
    experiment text NOT NULL,
    revision integer NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    reason text,
    detail text,
    CONSTRAINT experiment_event_pkey PRIMARY KEY (experiment, revision)
  )`,
  `CREATE TABLE metric (
    key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    kind text NOT NULL,
    direction text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT metric_pkey PRIMARY KEY (key)
  )`,
  `CREATE TABLE model_label (
    model text COLLATE "C" NOT NULL,
    label text COLLATE "C" NOT NULL,
    version text NOT NULL,
    CONSTRAINT model_label_pkey PRIMARY KEY (model, label)
  )`,
  `CREATE TABLE drift_reference (
    id uuid NOT NULL,
    model text NOT NULL,
    version text NOT NULL,
    profile jsonb NOT NULL,
    captured_at timestamptz NOT NULL,
    CONSTRAINT drift_reference_pkey PRIMARY KEY (id)
  )`,
  'CREATE INDEX drift_reference_newest ON drift_reference (model, version, captured_at DESC)',
  `CREATE TABLE drift_look (
    model text NOT NULL,
    at timestamptz NOT NULL,
    version text NOT NULL,
    kind text NOT NULL,
    feature text,
    test text NOT NULL,
    statistic double precision NOT NULL,
    p_value double precision,
    severity text NOT NULL
  )`,
  'CREATE INDEX drift_look_at ON drift_look (model, at)',
  `CREATE TABLE drift_alert (
    id uuid NOT NULL,
    model text NOT NULL,
    version text NOT NULL,
    kind text NOT NULL,
    feature text,
    severity text NOT NULL,
    state text NOT NULL,
    test text NOT NULL,
    statistic double precision NOT NULL,
    p_value double precision,
    threshold double precision NOT NULL,
    effect double precision,
    message text NOT NULL,
    opened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    comment text,
    CONSTRAINT drift_alert_pkey PRIMARY KEY (id)
  )`,
  // Two replicas that see the same drift open one alert.
  `CREATE UNIQUE INDEX drift_alert_one_open ON drift_alert (model, version, kind, coalesce(feature, '')) WHERE state <> 'RESOLVED'`,
  'CREATE INDEX drift_alert_newest ON drift_alert (opened_at DESC, id DESC)',
  'CREATE INDEX drift_alert_updated ON drift_alert (updated_at)',
  `CREATE TABLE replica_stats (
    replica_id text NOT NULL,
    stats jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT replica_stats_pkey PRIMARY KEY (replica_id)
  )`,
];

const tables = ['replica_stats', 'drift_alert', 'drift_look', 'drift_reference', 'model_label', 'metric', 'experiment_event', 'experiment'];

export class ControlTables1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}
