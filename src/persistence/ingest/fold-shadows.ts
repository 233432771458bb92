import type { QueryRunner } from 'typeorm';
import type { LabelEvent, PredictionEvent, ShadowEvent } from '../../events/event';
import type { JournalEntry } from '../../events/event-journal';
import { unpackEvent } from '../../events/event-json';
import { assignedUnit } from '../../experiments/assigned-unit';
import { type Pair, pairedAnswer, pairedCells, pairedMetrics, pairedValues, scoredMetrics, scoreOf } from '../../experiments/paired-facts';
import type { UnitTotals } from '../../experiments/result-sums';
import type { UnitGroup } from '../../experiments/unit-group';
import { jsonArray, textArray, uuidArray } from '../binary-array';
import { queryRows } from '../query-rows';
import { PairedChanges, type PairedUnit } from './paired-changes';
import type { TrackedMetrics } from './tracked-metrics';
import { groupKey, readGroups } from './unit-groups';
import type { UnitMetricChanges } from './unit-metric-changes';

type Truth = LabelEvent['truth'];

/** A label that counts now where another one, or none, had counted before. */
export interface LabelChange {
  readonly predictionId: string;
  readonly before: Truth | null;
  readonly after: Truth;
}

export interface ShadowEntry extends JournalEntry {
  readonly event: ShadowEvent;
}

interface Base {
  readonly event: PredictionEvent;
  readonly truth: Truth | null;
  /** Of each experiment that the prediction was in. */
  readonly members: readonly Member[];
}

/** A unit that got a variant first, and gets it in this prediction. */
interface Member {
  readonly unitId: string;
  readonly experiment: string;
  readonly group: UnitGroup;
}

/**
 * Pairs each shadow with the prediction that was answered. Labels of this batch are stored already, so a new shadow takes the label that counts now; one
 * that was here before is told what the label changes.
 */
export async function foldShadows(
  runner: QueryRunner,
  entries: readonly ShadowEntry[],
  labels: readonly LabelChange[],
  targets: ScoreTargets,
): Promise<void> {
  const known = labels.length === 0 ? [] : await readShadows(runner, labels);
  const fresh = entries.length === 0 ? [] : await insertShadows(runner, entries);
  if (known.length + fresh.length === 0) return;
  const bases = await readBases(
    runner,
    [...known, ...fresh].map(({ predictionId }) => predictionId),
  );
  await targets.metrics.load([...known, ...fresh].map(({ experiment }) => experiment));
  const changes = new PairedChanges(runner);
  for (const shadow of fresh) {
    const base = bases.get(shadow.predictionId);
    if (isScore(shadow, targets)) addScore(targets, shadow, base);
    else addPair(changes, shadow, base);
  }
  const byPrediction = new Map(labels.map((label) => [label.predictionId, label]));
  for (const shadow of known) {
    const [base, label] = [bases.get(shadow.predictionId), byPrediction.get(shadow.predictionId)];
    if (!label) continue;
    if (isScore(shadow, targets)) changeScore(targets, shadow, base, label);
    else changeLabel(changes, shadow, base, label);
  }
  await changes.write();
}

/** Where the control's own answers to what other variants were asked go. */
export interface ScoreTargets {
  readonly metrics: TrackedMetrics;
  readonly units: UnitMetricChanges;
}

function isScore({ experiment, variant }: ShadowEvent, { metrics }: ScoreTargets): boolean {
  return metrics.scoredBy(experiment) === variant;
}

function addScore(targets: ScoreTargets, shadow: ShadowEvent, base: Base | undefined): void {
  for (const metric of scoredMetrics) {
    const score = scoreOf(metric, pairedAnswer(shadow), base?.truth ?? null);
    if (score !== null) addToCovariate(targets, shadow, base, { metric, score, count: 1 });
  }
}

function changeScore(targets: ScoreTargets, shadow: ShadowEvent, base: Base | undefined, { before, after }: LabelChange): void {
  const [left, right] = [before, after].map((truth) => scoreOf('accuracy', pairedAnswer(shadow), truth));
  const change = { score: (right ?? 0) - (left ?? 0), count: Number(right !== null) - Number(left !== null) };
  if (change.score !== 0 || change.count !== 0) addToCovariate(targets, shadow, base, { metric: 'accuracy', ...change });
}

interface ScoreChange {
  readonly metric: string;
  readonly score: number;
  readonly count: number;
}

function addToCovariate(
  { metrics, units }: ScoreTargets,
  shadow: ShadowEvent,
  base: Base | undefined,
  { metric, score, count }: ScoreChange,
): void {
  const member = memberOf(shadow, base);
  if (!member || !metrics.of(shadow.experiment).includes(metric)) return;
  const apply = ({ numerator, denominator }: UnitTotals) => ({ numerator: numerator + score, denominator: denominator + count });
  units.addToCovariate({ ...member, metric, apply });
}

/** Null: its prediction never came, or its unit belongs to another variant by an earlier exposure. */
function memberOf(shadow: ShadowEvent, base: Base | undefined): Member | null {
  return base?.members.find(({ experiment }) => experiment === shadow.experiment) ?? null;
}

function pairOf(shadow: ShadowEvent, base: Base | undefined): { readonly unit: PairedUnit; readonly pair: Omit<Pair, 'truth'> } | null {
  const member = memberOf(shadow, base);
  if (!base || !member) return null;
  const { unitId, experiment, group } = member;
  return {
    unit: { unitId, experiment, variant: shadow.variant, segments: group.segments },
    pair: { control: pairedAnswer(base.event), treatment: pairedAnswer(shadow) },
  };
}

function addPair(changes: PairedChanges, shadow: ShadowEvent, base: Base | undefined): void {
  const found = pairOf(shadow, base);
  if (!found) return;
  const pair: Pair = { ...found.pair, truth: base?.truth ?? null };
  for (const metric of pairedMetrics) {
    const values = pairedValues(metric, pair);
    if (values) changes.add(found.unit, metric, { pairs: 1, ...values });
  }
  for (const cell of pairedCells(pair)) changes.count(found.unit, cell, 1);
}

function changeLabel(changes: PairedChanges, shadow: ShadowEvent, base: Base | undefined, { before, after }: LabelChange): void {
  const found = pairOf(shadow, base);
  if (!found) return;
  const [left, right] = [before, after].map((truth) => pairedValues('accuracy', { ...found.pair, truth }));
  const change = {
    pairs: Number(right !== null) - Number(left !== null),
    control: (right?.control ?? 0) - (left?.control ?? 0),
    treatment: (right?.treatment ?? 0) - (left?.treatment ?? 0),
  };
  if (change.pairs === 0 && change.control === 0 && change.treatment === 0) return;
  changes.add(found.unit, 'accuracy', change);
  if (left) changes.count(found.unit, { kind: 'correct', controlBin: left.control, treatmentBin: left.treatment }, -1);
  if (right) changes.count(found.unit, { kind: 'correct', controlBin: right.control, treatmentBin: right.treatment }, 1);
}

async function insertShadows(runner: QueryRunner, entries: readonly ShadowEntry[]): Promise<readonly ShadowEvent[]> {
  const events = entries.map(({ event }) => event);
  const rows = await queryRows<{ event: ShadowEvent }>(
    runner,
    `INSERT INTO shadow_prediction (prediction_id, experiment, variant, event)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::json[]) ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING event`,
    [
      uuidArray(events.map(({ predictionId }) => predictionId)),
      textArray(events.map(({ experiment }) => experiment)),
      textArray(events.map(({ variant }) => variant)),
      jsonArray(entries.map(({ json }) => json)),
    ],
  );
  return rows.map(({ event }) => unpackEvent(event));
}

/** Those that were here before this batch. */
async function readShadows(runner: QueryRunner, labels: readonly LabelChange[]): Promise<readonly ShadowEvent[]> {
  const rows = await queryRows<{ event: ShadowEvent }>(runner, 'SELECT event FROM shadow_prediction WHERE prediction_id = ANY($1)', [
    labels.map(({ predictionId }) => predictionId),
  ]);
  return rows.map(({ event }) => unpackEvent(event));
}

async function readBases(runner: QueryRunner, ids: readonly string[]): Promise<ReadonlyMap<string, Base>> {
  const rows = await queryRows<{ event: PredictionEvent; truth: Truth | null }>(
    runner,
    `SELECT prediction.event, prediction_label.truth FROM prediction LEFT JOIN prediction_label ON prediction_label.prediction_id = prediction.id
      WHERE prediction.id = ANY($1)`,
    [[...new Set(ids)]],
  );
  const bases = rows.map(({ event, truth }) => ({ event: unpackEvent(event), truth }));
  const unitsOf = ({ event }: { readonly event: PredictionEvent }) =>
    event.assignments.flatMap((assignment) => {
      const unitId = assignedUnit(event, assignment);
      return unitId === null ? [] : [{ unitId, ...assignment }];
    });
  const groups = await readGroups(
    runner,
    bases.map(({ event }) => event),
  );
  return new Map(
    bases.map((base) => {
      const members = unitsOf(base).flatMap(({ unitId, experiment, variant }): Member[] => {
        const group = groups.get(groupKey(unitId, experiment));
        return group?.variant === variant ? [{ unitId, experiment, group }] : [];
      });
      return [base.event.id, { ...base, members }];
    }),
  );
}
