import fc from 'fast-check';
import type { Answer, Event, PredictionEvent } from '../../../src/events/event';
import { eventFromJson, eventToJson } from '../../../src/events/event-json';

function predictionOf(answer: Answer): PredictionEvent {
  return {
    type: 'prediction',
    id: '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    occurredAtMs: 1_700_000_000_000,
    model: 'm',
    version: '1',
    unitId: null,
    attributes: null,
    assignments: [],
    outcome: { status: 'succeeded', answer },
    inputFeatures: { width: 224 },
    timing: { queueMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: 1, batchSize: 1 },
  };
}

function classified(probabilities: readonly number[]): PredictionEvent {
  return predictionOf({ kind: 'classification', classIndex: 0, label: 'a', confidence: 0.5, probabilities });
}

function probabilitiesOf(event: Event): readonly number[] | null {
  if (event.type !== 'prediction' || event.outcome.status !== 'succeeded') return null;
  return event.outcome.answer.kind === 'classification' ? event.outcome.answer.probabilities : null;
}

const many = { minLength: 33, maxLength: 200 };
const finite = { noNaN: true, noDefaultInfinity: true };

describe('eventToJson and eventFromJson', () => {
  it.each([
    ['32 bits', fc.array(fc.float(finite), many)],
    ['64 bits', fc.array(fc.double(finite), many)],
  ])('keep many numbers of %s to the last bit, and everything beside them', (_, numbers) => {
    fc.assert(
      fc.property(numbers, (probabilities) => {
        const read = eventFromJson(eventToJson(classified(probabilities)));
        const kept = probabilitiesOf(read) ?? [];
        expect(kept).toHaveLength(probabilities.length);
        expect(probabilities.every((number, index) => Object.is(number, kept[index]))).toBe(true);
        expect({ ...read, outcome: null }).toEqual({ ...classified(probabilities), outcome: null });
      }),
    );
  });

  it('write few numbers, and any that JSON has no number for, as JSON does', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 32 }), (few) => {
        const event = classified(few);
        expect(eventToJson(event)).toBe(JSON.stringify(event));
      }),
    );
    const event = classified([...new Array<number>(40).fill(0.025), Number.NaN]);
    expect(eventToJson(event)).toBe(JSON.stringify(event));
  });

  it.each<Event>([
    predictionOf({ kind: 'regression', value: 1.5 }),
    predictionOf({ kind: 'raw' }),
    { ...classified([]), outcome: { status: 'failed', code: 'OVERLOADED', message: 'busy' } },
    { type: 'label', id: 'a', predictionId: 'b', truth: { kind: 'class', classIndex: 3 }, occurredAtMs: 1, receivedAtMs: 2 },
  ])('write and read other events as JSON does: %j', (event) => {
    expect(eventToJson(event)).toBe(JSON.stringify(event));
    expect(eventFromJson(eventToJson(event))).toEqual(event);
  });

  it('read what was stored before numbers were packed', () => {
    const event = classified(Array.from({ length: 1000 }, (_, index) => index / 499_500));
    expect(eventFromJson(JSON.stringify(event))).toEqual(event);
  });

  it('pack a thousand numbers of 32 bits into 5.4 kB', () => {
    const { outcome } = JSON.parse(eventToJson(classified(new Array<number>(1000).fill(Math.fround(0.001)))));
    expect(outcome.answer).toEqual({
      kind: 'classification',
      classIndex: 0,
      label: 'a',
      confidence: 0.5,
      probabilities: { float32: Buffer.from(new Float32Array(1000).fill(0.001).buffer).toString('base64') },
    });
    expect(outcome.answer.probabilities.float32).toHaveLength(5336);
  });
});
