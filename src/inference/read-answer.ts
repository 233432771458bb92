import type { Answer } from '../events/event';
import { halfToNumber } from '../tensor/half-float';
import { type OutputPlan, readNames } from './output-plan';
import type { WireTensor } from './worker-protocol';

/**
 * The answer of each row of a batch; a row whose output makes no sense is an Error, and its neighbours are not.
 * @throws RangeError when an output does not have one row for each: answers could land on the wrong rows.
 */
export function readAnswers(plan: OutputPlan, outputs: readonly WireTensor[], rows: number): readonly (Answer | Error)[] {
  if (plan.task === 'raw') return Array.from({ length: rows }, () => ({ kind: 'raw' }));
  const names = readNames(plan);
  for (const output of outputs) if (names.includes(output.name)) checkRows(output, rows);
  if (plan.task === 'regression') {
    const values = numbersOf(outputs, plan.valueName);
    const isOneEach = values.length === rows;
    return Array.from({ length: rows }, (_, row) => (isOneEach ? readValue(values[row]) : new Error('the model answered several values')));
  }
  const scores = numbersOf(outputs, plan.scoresName);
  const isDouble = outputs.some(({ name, datatype }) => name === plan.scoresName && datatype === 'FP64');
  const decisions = plan.decisionName === null ? null : outputs.find((output) => output.name === plan.decisionName);
  const columns = scores.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const decision = decisions ? String((decisions.data as ArrayLike<unknown>)[row]) : null;
    return readClass(plan, { scores: scores.subarray(row * columns, (row + 1) * columns), isDouble, decision });
  });
}

function checkRows({ name, shape, data }: WireTensor, rows: number): void {
  if (rows > 1 && (shape[0] !== rows || data.length % rows !== 0))
    throw new RangeError(`output "${name}" has shape [${shape.join(', ')}] for ${rows} rows`);
}

type Classification = Extract<OutputPlan, { task: 'classification' }>;

interface RowOfScores {
  readonly scores: Float64Array;
  readonly isDouble: boolean;
  /** What the model's own label output says, as text; null when it has none. */
  readonly decision: string | null;
}

function readClass(plan: Classification, { scores, isDouble, decision }: RowOfScores): Answer | Error {
  const expanded = scores.length === 1 && plan.classLabels.length === 2 ? bothClasses(scores[0] as number, plan.appliesSoftmax) : scores;
  if (expanded.length !== plan.classLabels.length) {
    return new Error(`the model answered ${expanded.length} scores for ${plan.classLabels.length} classes`);
  }
  if (!allFinite(expanded)) return new Error('the model answered a score that is not a finite number');
  const probabilities = plan.appliesSoftmax ? softmax(expanded, isDouble) : expanded;
  const decided = decision === null ? -1 : plan.decisionValues.indexOf(decision);
  // The model's own label output decides where it has one: a threshold other than "most probable" is the trainer's choice.
  const classIndex = decided === -1 ? indexOfLargest(expanded) : decided;
  return {
    kind: 'classification',
    classIndex,
    label: plan.classLabels[classIndex] as string,
    confidence: probabilities[classIndex] as number,
    probabilities: Array.from(probabilities),
  };
}

/** One score of two classes is that of the second: a probability, or a logit, whose sigmoid is the softmax over it and 0. */
function bothClasses(score: number, isLogit: boolean): Float64Array {
  return Float64Array.of(isLogit ? 0 : 1 - score, score);
}

function readValue(value: number | undefined): Answer | Error {
  if (value === undefined || !Number.isFinite(value)) return new Error('the model answered a value that is not a finite number');
  return { kind: 'regression', value };
}

function numbersOf(outputs: readonly WireTensor[], name: string): Float64Array {
  const output = outputs.find((one) => one.name === name);
  const data = (output?.data ?? []) as ArrayLike<number>;
  return output?.datatype === 'FP16' ? Float64Array.from(data, halfToNumber) : Float64Array.from(data);
}

/** exp(x - max) / sum: the same value without overflow; as precise as the scores are, as a Softmax inside the model would answer. */
function softmax(logits: Float64Array, isDouble: boolean): Float64Array {
  const largest = logits[indexOfLargest(logits)] as number;
  const shares = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += shares[i] = Math.exp((logits[i] as number) - largest);
  for (let i = 0; i < logits.length; i++) shares[i] = isDouble ? (shares[i] as number) / sum : Math.fround((shares[i] as number) / sum);
  return shares;
}

/** These are loops because a thousand classes are ordinary, and a call for each costs more than what it does. */
function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
