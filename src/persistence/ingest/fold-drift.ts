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

/** Counts each new answer into the bins of its version's reference, a row a feature and minute. */
export async function foldDrift(runner: QueryRunner, events: readonly PredictionEvent[]): Promise<void> {
  const answered = events.filter((event) => event.outcome.status === 'succeeded');
  if (answered.length === 0) return;
  const references = await readReferences(runner, answered);
  const buckets = new Map<
    string,
    { readonly reference_id: string; readonly feature: string; readonly started_at: Date; readonly counts: number[] }
  >();
  for (const event of answered) {
    const reference = references.get(JSON.stringify([event.model, event.version]));
    if (!reference) continue;
    const startedAt = new Date(Math.floor(event.occurredAtMs / minuteMs) * minuteMs);
    for (const feature of reference.profile.features) {
      const key = JSON.stringify([reference.id, feature.name, startedAt]);
      const bucket = buckets.get(key) ?? {
        reference_id: reference.id,
        feature: feature.name,
        started_at: startedAt,
        counts: new Array<number>(binCount(feature)).fill(0),
      };
      const bin = binIndex(feature, binnedValue(feature, event));
      bucket.counts[bin] = (bucket.counts[bin] ?? 0) + 1;
      buckets.set(key, bucket);
    }
  }
  if (buckets.size > 0) await addBuckets(runner, [...buckets.values()]);
}

function binnedValue({ name }: FeatureReference, { outcome, inputFeatures }: PredictionEvent): number | string | null {
  if (name !== predictionFeature && name !== confidenceFeature) return inputFeatures[name] ?? null;
  if (outcome.status === 'failed') return null;
  const { answer } = outcome;
  if (answer.kind === 'regression') return name === predictionFeature ? answer.value : null;
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
        SELECT array_agg(coalesce(old.n, 0) + coalesce(new.n, 0) ORDER BY i)
          FROM unnest(bucket.counts) WITH ORDINALITY AS old(n, i) FULL JOIN unnest(excluded.counts) WITH ORDINALITY AS new(n, i) USING (i))`,
    [asRecordset(rows)],
  );
}
