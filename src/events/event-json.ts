import type { Answer, Event, PredictionEvent, ShadowEvent } from './event';

type Classification = Extract<Answer, { kind: 'classification' }>;
/** Base64 of IEEE 754 numbers, little endian. */
type PackedNumbers = { readonly float32: string } | { readonly float64: string };
export type StoredNumbers = readonly number[] | PackedNumbers;

/** Fewer numbers are as quickly written as digits, and then a person can read them in the database. */
const packedFrom = 33;

/**
 * An event as it is journaled and stored: JSON, in which the probabilities of many classes are the bytes of the numbers and not their digits (a
 * thousand take 5 or 11 kB instead of 23, and a fifth of the time). `eventFromJson` gives the same numbers back, to the last bit.
 */
export function eventToJson(event: Event): string {
  const answer = classificationOf(event);
  const packed = answer && pack(answer.probabilities);
  return JSON.stringify(packed ? withProbabilities(event, packed) : event);
}

export function eventFromJson(text: string): Event {
  return unpackEvent(JSON.parse(text) as Event);
}

/** `parsed`: what JSON.parse made of a stored event. What was stored before numbers were packed stays as it is. */
export function unpackEvent<E extends Event>(parsed: E): E {
  const stored = classificationOf(parsed)?.probabilities as StoredNumbers | undefined;
  if (stored === undefined || Array.isArray(stored)) return parsed;
  return withProbabilities(parsed, unpackNumbers(stored)) as E;
}

/** The probabilities of a stored answer. */
export function unpackNumbers(stored: StoredNumbers): readonly number[] {
  return 'length' in stored ? stored : unpack(stored);
}

function classificationOf(event: Event): Classification | null {
  if (!isAnswer(event) || event.outcome.status !== 'succeeded') return null;
  const { answer } = event.outcome;
  return answer.kind === 'classification' ? answer : null;
}

function isAnswer(event: Event): event is PredictionEvent | ShadowEvent {
  return event.type === 'prediction' || event.type === 'shadow';
}

function withProbabilities(event: Event, probabilities: readonly number[] | PackedNumbers): unknown {
  if (!isAnswer(event) || event.outcome.status !== 'succeeded') return event;
  return { ...event, outcome: { ...event.outcome, answer: { ...event.outcome.answer, probabilities } } };
}

/** Null: they are few, or JSON has no number for one of them and they are to be stored as they always were. */
function pack(numbers: readonly number[]): PackedNumbers | null {
  if (numbers.length < packedFrom || !numbers.every(Number.isFinite)) return null;
  const float32 = Float32Array.from(numbers);
  if (float32.every((value, index) => value === numbers[index])) return { float32: toBase64(float32) };
  return { float64: toBase64(Float64Array.from(numbers)) };
}

function unpack(packed: PackedNumbers): readonly number[] {
  // Copied: bytes of a pooled Buffer may begin where no number may.
  if ('float32' in packed) return Array.from(new Float32Array(Uint8Array.from(Buffer.from(packed.float32, 'base64')).buffer));
  return Array.from(new Float64Array(Uint8Array.from(Buffer.from(packed.float64, 'base64')).buffer));
}

/** All platforms that the runtime exists for are little endian. */
function toBase64(numbers: Float32Array | Float64Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}
