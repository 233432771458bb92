import type { QueryRunner } from 'typeorm';
import {
  binCount,
  binIndex,
  confidenceFeature,
  type FeatureReference,
  predictionFeature,
  type ReferenceProfile,
} from '../../drift/reference-profile';
import type { PredictionEvent } from '../../events/event';
import { asRecordset, queryRows } from '../query-rows';

const minuteMs = 60_000;

interface Reference {
  readonly id: string;
  readonly profile: ReferenceProfile;
}

/** The counts of one version in one minute; `counts` in the order of the reference's features. */
interface Minute {
  readonly reference: Reference;
  readonly startedAtMs: number;
  readonly counts: readonly number[][];
}

/** Counts each new answer into the bins of its version's reference, a row a feature and minute. */
export async function foldDrift(runner: QueryRunner, events: readonly PredictionEvent[]): Promise<void> {
  const answered = events.filter((event) => event.outcome.status === 'succeeded');
  if (answered.length === 0) return;
  const references = await readReferences(runner, answered);
  const minutes = new Map<string, Minute>();
  for (const event of answered) {
    const startedAtMs = Math.floor(event.occurredAtMs / minuteMs) * minuteMs;
    // Looked up once an event; what is done for each of its features is only arithmetic.
    const key = JSON.stringify([event.model, event.version, startedAtMs]);
    let minute = minutes.get(key);
    if (!minute) {
      const reference = references.get(JSON.stringify([event.model, event.version]));
      if (!reference) continue;
      minute = { reference, startedAtMs, counts: reference.profile.features.map((one) => new Array<number>(binCount(one)).fill(0)) };
      minutes.set(key, minute);
    }
    count(minute, event);
  }
  if (minutes.size > 0) await addBuckets(runner, [...minutes.values()].flatMap(bucketsOf));
}

function count({ reference, counts }: Minute, event: PredictionEvent): void {
  const { features } = reference.profile;
  for (let index = 0; index < features.length; index++) {
    const feature = features[index] as FeatureReference;
    const bins = counts[index] as number[];
    const bin = binIndex(feature, binnedValue(feature, event));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
}

function bucketsOf({ reference, startedAtMs, counts }: Minute): readonly object[] {
  return reference.profile.features.map(({ name }, index) => ({
    reference_id: reference.id,
    feature: name,
    started_at: new Date(startedAtMs),
    counts: counts[index],
  }));
}

function binnedValue({ name }: FeatureReference, { outcome, inputFeatures }: PredictionEvent): number | string | null {
  if (name !== predictionFeature && name !== confidenceFeature) return inputFeatures[name] ?? null;
  if (outcome.status === 'failed') return null;
  const { answer } = outcome;
  if (answer.kind === 'regression') return name === predictionFeature ? answer.value : null;
  if (answer.kind === 'raw') return null;
  return name === predictionFeature ? answer.label : answer.confidence;
}

async function readReferences(runner: QueryRunner, events: readonly PredictionEvent[]): Promise<ReadonlyMap<string, Reference>> {
  const rows = await queryRows<Reference & { readonly model: string; readonly version: string }>(
    runner,
    `SELECT DISTINCT ON (model, version) model, version, id, profile FROM drift_reference
      WHERE model = ANY($1) ORDER BY model, version, captured_at DESC, id DESC`,
    [[...new Set(events.map((event) => event.model))]],
  );
  return new Map(rows.map(({ model, version, id, profile }) => [JSON.stringify([model, version]), { id, profile }]));
}

async function addBuckets(runner: QueryRunner, rows: readonly object[]): Promise<void> {
  await runner.query(
    `INSERT INTO drift_bucket AS bucket (reference_id, feature, started_at, counts)
     SELECT reference_id, feature, started_at, counts
       FROM jsonb_to_recordset($1::jsonb) AS row(reference_id uuid, feature text, started_at timestamptz, counts bigint[])
      ORDER BY 1, 2, 3
     ON CONFLICT (reference_id, feature, started_at) DO UPDATE SET counts = (
        SELECT array_agg(coalesce(old, 0) + coalesce(new, 0) ORDER BY i)
          FROM unnest(bucket.counts, excluded.counts) WITH ORDINALITY AS both_counts(old, new, i))`,
    [asRecordset(rows)],
  );
}
