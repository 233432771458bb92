import fc from 'fast-check';
import type { Event, JsonObject, LabelEvent, OutcomeEvent, PredictionEvent } from '../../../src/events/event';
import { createEventId } from '../../../src/events/event-id';

const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const predictionCount = 12;

/** Sums of these and of their squares have no rounding. */
function probabilitiesOf(classIndex: number): readonly number[] {
  return [0, 1, 2].map((k) => (k === classIndex ? 0.5 : 0.25));
}

/** Ids by number and run, so that runs in one database do not meet. */
function idOf(run: number, kind: number, index: number): string {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt32BE(run, 2);
  bytes.writeUInt16BE(kind, 6);
  bytes.writeUInt16BE(index, 8);
  return createEventId(startMs + index, bytes);
}

/**
 * A stream of predictions, labels and outcomes of a few units, in random order: labels and outcomes before their prediction, labels that replace each
 * other, units in two variants, events given twice. Some are drawn by their company in a second experiment, `<run>-companies`; companies have the names
 * of units, and are others.
 */
export function randomEvents(run: number): fc.Arbitrary<readonly Event[]> {
  const unit = (index: number) => `run-${run}-unit-${index}`;
  const experiment = `run-${run}`;
  const at = fc.integer({ min: 0, max: 50 }).map((second) => startMs + 1000 * second);
  const prediction = fc.record({
    unit: fc.integer({ min: 0, max: 4 }),
    variant: fc.constantFrom('a', 'a', 'b'),
    phase: fc.constantFrom(undefined, 0, 1, 2),
    at,
    failed: fc.boolean(),
    company: fc.constantFrom(null, 0, 1),
    classIndex: fc.nat(2),
    latency: fc.integer({ min: 1, max: 90 }),
    attributes: fc.oneof(
      fc.constant(null),
      fc.record({ country: fc.constantFrom('DE', 'CH', ' DE', 7, null, ['DE']) }, { requiredKeys: [] }),
    ),
  });
  const truth: fc.Arbitrary<LabelEvent['truth']> = fc.oneof(
    // The last one is no class of the model.
    fc.nat(3).map((classIndex) => ({ kind: 'class' as const, classIndex })),
    fc.nat(2).map((classIndex) => ({ kind: 'label' as const, label: String(classIndex), classIndex })),
    fc.nat(2).map((classIndex) => ({ kind: 'label' as const, label: String(classIndex) })),
  );
  const label = fc.record({ prediction: fc.nat(predictionCount - 1), truth, at });
  const outcome = fc.record({
    target: fc.nat(predictionCount - 1),
    byUnit: fc.boolean(),
    metric: fc.constantFrom('purchase', 'revenue', 'spend', 'visits', 'basket', 'size'),
    value: fc.integer({ min: 0, max: 3 }),
    at,
  });
  const toPrediction = (
    one: {
      unit: number;
      company: number | null;
      variant: string;
      phase: number | undefined;
      at: number;
      failed: boolean;
      classIndex: number;
      latency: number;
      attributes: JsonObject | null;
    },
    index: number,
  ): PredictionEvent => ({
    type: 'prediction',
    id: idOf(run, 1, index),
    occurredAtMs: one.at,
    model: 'm',
    version: '1',
    unitId: unit(one.unit),
    attributes: one.attributes,
    assignments: [
      { experiment, variant: one.variant, propensity: 0.5, ...(one.phase !== undefined && { phase: one.phase }) },
      ...(one.company === null
        ? []
        : [{ experiment: `${experiment}-companies`, variant: one.variant, propensity: 0.5, unit: unit(one.company) }]),
    ],
    outcome: one.failed
      ? { status: 'failed', code: 'OVERLOADED', message: 'busy' }
      : {
          status: 'succeeded',
          answer: {
            kind: 'classification',
            classIndex: one.classIndex,
            label: String(one.classIndex),
            confidence: 0.5,
            probabilities: probabilitiesOf(one.classIndex),
          },
        },
    inputFeatures: {},
    timing: { queueMs: 0, preprocessMs: 0, inferenceMs: one.latency / 2, totalMs: one.latency, batchSize: 2 },
  });
  const toLabel = (one: { prediction: number; truth: LabelEvent['truth']; at: number }, index: number): LabelEvent => ({
    type: 'label',
    id: idOf(run, 2, index),
    predictionId: idOf(run, 1, one.prediction),
    truth: one.truth,
    occurredAtMs: one.at,
    receivedAtMs: one.at,
  });
  const toOutcome = (one: { target: number; byUnit: boolean; metric: string; value: number; at: number }, index: number): OutcomeEvent => ({
    type: 'outcome',
    id: idOf(run, 3, index),
    metric: one.metric,
    unitId: one.byUnit ? unit(one.target % 5) : null,
    predictionId: one.byUnit ? null : idOf(run, 1, one.target),
    value: one.metric === 'purchase' ? Math.min(1, one.value) : one.value,
    denominator: one.metric === 'basket' ? one.target % 3 : null,
    occurredAtMs: one.at,
    receivedAtMs: one.at,
  });
  return fc
    .tuple(
      fc.array(prediction, { minLength: predictionCount, maxLength: predictionCount }),
      fc.array(label, { maxLength: 12 }),
      fc.array(outcome, { maxLength: 16 }),
    )
    .map(([predictions, labels, outcomes]): Event[] => [
      ...predictions.map(toPrediction),
      ...labels.map(toLabel),
      ...outcomes.map(toOutcome),
    ])
    .chain((events) => fc.shuffledSubarray([...events, ...events.slice(0, 5)], { minLength: events.length + 5 }));
}
