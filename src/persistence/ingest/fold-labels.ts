import type { QueryRunner } from 'typeorm';
import type { ExperimentAssignment, LabelEvent, PredictionEvent } from '../../events/event';
import { type StoredNumbers, unpackNumbers } from '../../events/event-json';
import { assignedUnit } from '../../experiments/assigned-unit';
import { classifierCells } from '../../experiments/classifier-tally';
import { labelScores, type ScorableAnswer, scoredClass } from '../../experiments/label-score';
import { addContribution, labelContribution, type UnitTotals } from '../../experiments/result-sums';
import { everyone } from '../../experiments/segment';
import type { UnitGroup } from '../../experiments/unit-group';
import { asRecordset, queryRows } from '../query-rows';
import type { LabelChange } from './fold-shadows';
import type { PerformanceChanges } from './performance-changes';
import { allPeriods, classifierTally, type TallyChanges } from './tally-changes';
import type { TrackedMetrics } from './tracked-metrics';
import { TrafficChanges } from './traffic-changes';
import { groupKey, readGroups } from './unit-groups';
import type { UnitMetricChanges } from './unit-metric-changes';

interface LabelRow {
  readonly predictionId: string;
  readonly id: string;
  readonly truth: LabelEvent['truth'];
  readonly occurredAtMs: number;
  readonly receivedAtMs: number;
  readonly matched: boolean;
  readonly correct: boolean | null;
  readonly truthClass: number | null;
  /** What its prediction is scored against in the sums; null: it is not. */
  readonly scoredClass: number | null;
  /** Ids of the labels that lost against this one, newest last: a retry of one of them is not news. */
  readonly earlierIds: readonly string[];
}

/** Nobody corrects a label more often than this and then retries one of the first. */
const maxEarlierIds = 32;

interface LabelledPrediction {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly unitId: string | null;
  readonly occurredAtMs: number;
  readonly assignments: readonly ExperimentAssignment[];
  /** Null: it failed, or was no class. */
  readonly answer: (ScorableAnswer & { readonly label: string }) | null;
}

export interface LabelTargets {
  readonly metrics: TrackedMetrics;
  readonly units: UnitMetricChanges;
  readonly performance: PerformanceChanges;
  readonly tallies: TallyChanges;
}

/**
 * Stores the labels of this batch and folds each label whose prediction is known, whichever of the two came first. A later label of the same
 * prediction takes the place of the earlier: what the earlier one had added is taken out.
 *
 * @returns what changes for the shadows of these predictions; empty where no experiment has any.
 */
export async function foldLabels(
  runner: QueryRunner,
  fresh: readonly PredictionEvent[],
  events: readonly LabelEvent[],
  targets: LabelTargets,
): Promise<readonly LabelChange[]> {
  const ids = [...new Set([...events.map((event) => event.predictionId), ...fresh.map((event) => event.id)])];
  if (ids.length === 0) return [];
  const stored = await readLabels(runner, ids);
  const winners = new Map(stored);
  for (const event of events) {
    const present = winners.get(event.predictionId);
    if (present && (event.id === present.id || present.earlierIds.includes(event.id))) continue;
    winners.set(event.predictionId, present ? laterOf(present, event) : labelRow(event, []));
  }
  const changed = [...winners.values()].filter((label) => label !== stored.get(label.predictionId) || !label.matched);
  if (changed.length === 0) return [];
  const predictions = await readPredictions(
    runner,
    changed.map((label) => label.predictionId),
  );
  const units = await readGroups(runner, [...predictions.values()]);
  await targets.metrics.load([...predictions.values()].flatMap(({ assignments }) => assignments.map((one) => one.experiment)));
  const traffic = new TrafficChanges(runner);
  const rows = changed.map((label) => {
    const prediction = predictions.get(label.predictionId);
    return prediction
      ? fold(label, stored.get(label.predictionId) ?? null, prediction, { ...targets, units, traffic, unitChanges: targets.units })
      : label;
  });
  await writeLabels(runner, rows);
  await traffic.write();
  return rows.flatMap((label) => {
    const isShadowed = predictions.get(label.predictionId)?.assignments.some(({ experiment }) => targets.metrics.hasShadows(experiment));
    const before = stored.get(label.predictionId);
    return isShadowed ? [{ predictionId: label.predictionId, before: before?.matched ? before.truth : null, after: label.truth }] : [];
  });
}

interface FoldTargets {
  readonly metrics: TrackedMetrics;
  readonly unitChanges: UnitMetricChanges;
  readonly performance: PerformanceChanges;
  readonly tallies: TallyChanges;
  readonly units: ReadonlyMap<string, UnitGroup>;
  readonly traffic: TrafficChanges;
}

function fold(label: LabelRow, earlier: LabelRow | null, prediction: LabelledPrediction, targets: FoldTargets): LabelRow {
  const { answer } = prediction;
  const contribution = labelContribution(label.truth, answer);
  const folded: LabelRow = {
    ...label,
    matched: true,
    correct: contribution && contribution.numerator === 1,
    truthClass: truthClass(label.truth, answer),
    scoredClass: scoredClass(label.truth, answer),
  };
  const before = earlier?.matched ? earlier : null;
  if (answer) targets.performance.addLabel({ ...prediction, predicted: answer.classIndex }, before, folded);
  const numerator = Number(folded.correct === true) - Number(before?.correct === true);
  const denominator = Number(folded.correct !== null) - Number(before !== null && before.correct !== null);
  for (const assignment of prediction.assignments) {
    const { experiment, variant } = assignment;
    const unitId = assignedUnit(prediction, assignment);
    const group = unitId === null ? undefined : targets.units.get(groupKey(unitId, experiment));
    if (unitId === null || group?.variant !== variant) continue;
    targets.traffic.add({ experiment, group, exposed: 0, predictions: 0, labelled: Number(before === null) });
    targets.unitChanges.seen.add(experiment, 'label', label.receivedAtMs);
    if (answer) rescore({ unitId, experiment, group }, [before?.scoredClass ?? null, folded.scoredClass], answer, targets);
    if (!targets.metrics.of(experiment).includes('accuracy') || (numerator === 0 && denominator === 0)) continue;
    const apply = (totals: UnitTotals) => ({ numerator: totals.numerator + numerator, denominator: totals.denominator + denominator });
    const change = { unitId, experiment, group, metric: 'accuracy', apply };
    targets.unitChanges.add(change);
    // What the control answered to the inputs of its own units.
    if (targets.metrics.scoredBy(experiment) === variant) targets.unitChanges.addToCovariate(change);
  }
  return folded;
}

/** Takes out what the earlier label had added to the scores, and adds what the present one does. */
function rescore(
  unit: { readonly unitId: string; readonly experiment: string; readonly group: UnitGroup },
  [before, after]: readonly [before: number | null, after: number | null],
  answer: ScorableAnswer,
  { metrics, unitChanges, tallies }: FoldTargets,
): void {
  if (before === after) return;
  const sides = [
    ...(before === null ? [] : [{ truth: before, sign: -1 as const }]),
    ...(after === null ? [] : [{ truth: after, sign: 1 as const }]),
  ];
  const key = {
    experiment: unit.experiment,
    segment: everyone,
    variant: unit.group.variant,
    tally: classifierTally,
    periodEndMs: allPeriods,
  };
  for (const { truth, sign } of sides) tallies.add(key, classifierCells(truth, answer), sign);
  const denominator = sides.reduce((sum, { sign }) => sum + sign, 0);
  for (const [metric, scoreOf] of Object.entries(labelScores)) {
    if (!metrics.of(unit.experiment).includes(metric)) continue;
    const numerator = sides.reduce((sum, { truth, sign }) => sum + sign * scoreOf(truth, answer), 0);
    unitChanges.add({ ...unit, metric, apply: (totals) => addContribution(metric, totals, { numerator, denominator }) });
  }
}

/** The label that counts of two, by when they came; it remembers the other. */
function laterOf(present: LabelRow, event: LabelEvent): LabelRow {
  // Of two of the same millisecond the one that was journaled later: whoever corrects a label knows of the first.
  const isLater = event.receivedAtMs >= present.receivedAtMs;
  const earlierIds = [...present.earlierIds, isLater ? present.id : event.id].slice(-maxEarlierIds);
  return isLater ? labelRow(event, earlierIds) : { ...present, earlierIds };
}

function labelRow(event: LabelEvent, earlierIds: readonly string[]): LabelRow {
  return { ...event, matched: false, correct: null, truthClass: null, scoredClass: null, earlierIds };
}

/** The class that a label names; null where only its text is known and it is not the text of the answer. */
function truthClass(truth: LabelEvent['truth'], answer: LabelledPrediction['answer']): number | null {
  if (truth.kind === 'class') return truth.classIndex;
  return truth.kind === 'label' && answer && truth.label === answer.label ? answer.classIndex : null;
}

async function readLabels(runner: QueryRunner, predictionIds: readonly string[]): Promise<Map<string, LabelRow>> {
  const rows = await queryRows<LabelRow>(
    runner,
    `SELECT prediction_id AS "predictionId", id, truth, matched, correct, truth_class AS "truthClass", scored_class AS "scoredClass", earlier_ids AS "earlierIds",
            (extract(epoch FROM occurred_at) * 1000)::float8 AS "occurredAtMs", (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAtMs"
       FROM prediction_label WHERE prediction_id = ANY($1)`,
    [predictionIds],
  );
  return new Map(rows.map((row) => [row.predictionId, row]));
}

async function readPredictions(runner: QueryRunner, ids: readonly string[]): Promise<Map<string, LabelledPrediction>> {
  const rows = await queryRows<Omit<LabelledPrediction, 'answer'> & StoredAnswer>(
    runner,
    `SELECT id, model, version, unit_id AS "unitId", assignments, (extract(epoch FROM occurred_at) * 1000)::float8 AS "occurredAtMs",
            answer."classIndex", answer.label, answer.confidence,
            CASE WHEN unit_id IS NOT NULL AND assignments <> '[]' THEN answer.probabilities END AS probabilities
       FROM prediction
       CROSS JOIN LATERAL json_to_record(event->'outcome'->'answer') AS answer("classIndex" integer, label text, confidence float8, probabilities json)
      WHERE id = ANY($1)`,
    [ids],
  );
  return new Map(
    rows.map(({ classIndex, label, confidence, probabilities, ...row }) => [
      row.id,
      { ...row, answer: toAnswer({ classIndex, label, confidence, probabilities }) },
    ]),
  );
}

interface StoredAnswer {
  readonly classIndex: number | null;
  readonly label: string | null;
  readonly confidence: number | null;
  /** Null outside experiments, where nothing is scored. */
  readonly probabilities: StoredNumbers | null;
}

function toAnswer({ classIndex, label, confidence, probabilities }: StoredAnswer): LabelledPrediction['answer'] {
  if (classIndex === null || label === null) return null;
  return { classIndex, label, confidence: confidence ?? 0, probabilities: probabilities === null ? [] : unpackNumbers(probabilities) };
}

async function writeLabels(runner: QueryRunner, rows: readonly LabelRow[]): Promise<void> {
  const values = rows.map((row) => ({ ...row, occurred_at: new Date(row.occurredAtMs), received_at: new Date(row.receivedAtMs) }));
  await runner.query(
    `INSERT INTO prediction_label (prediction_id, id, truth, occurred_at, received_at, matched, correct, truth_class, scored_class, earlier_ids)
     SELECT "predictionId", id, truth, occurred_at, received_at, matched, correct, "truthClass", "scoredClass", "earlierIds"
       FROM jsonb_to_recordset($1::jsonb) AS row("predictionId" uuid, id uuid, truth jsonb, occurred_at timestamptz, received_at timestamptz,
            matched boolean, correct boolean, "truthClass" integer, "scoredClass" integer, "earlierIds" uuid[])
      ORDER BY 1
     ON CONFLICT (prediction_id) DO UPDATE SET id = excluded.id, truth = excluded.truth, occurred_at = excluded.occurred_at,
        received_at = excluded.received_at, matched = excluded.matched, correct = excluded.correct, truth_class = excluded.truth_class,
        scored_class = excluded.scored_class, earlier_ids = excluded.earlier_ids`,
    [asRecordset(values)],
  );
}
