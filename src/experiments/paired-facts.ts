import type { LabelEvent, PredictionEvent, PredictionTiming } from '../events/event';
import { labelContribution } from './result-sums';

/** One of two answers to the same input. */
export interface PairedAnswer {
  /** Null: it failed. */
  readonly answer: { readonly classIndex: number; readonly label: string; readonly confidence: number } | null;
  readonly hasFailed: boolean;
  /** Preparing, computing and reading, in milliseconds, without waiting: a shadow waits behind everybody. */
  readonly serviceMs: number;
}

/** Both answers to one input, and what is known of the truth. */
export interface Pair {
  readonly control: PairedAnswer;
  readonly treatment: PairedAnswer;
  /** Null: no label yet. */
  readonly truth: LabelEvent['truth'] | null;
}

/** What a metric makes of a pair: a value for each side. */
export interface PairedValues {
  readonly control: number;
  readonly treatment: number;
}

/** Which cell of a joint table a pair falls into. */
export interface PairedCell {
  readonly kind: PairedKind;
  readonly controlBin: number;
  readonly treatmentBin: number;
}

/** `correct`: 0 or 1. `class`: class indices. `confidence`: twentieths of the probability of the class that was answered. */
export type PairedKind = 'correct' | 'class' | 'confidence';

export const confidenceBins = 20;
/** Joint tables of more classes than this would have thousands of cells; their models' agreement is counted all the same. */
const maxClasses = 50;

/** The metrics that a pair can tell: what users did afterwards belongs to the answer that they saw. */
export const pairedMetrics: readonly string[] = ['accuracy', 'error_rate', 'latency_ms', 'confidence', 'agreement'];

/** An event of either kind as one side of a pair. */
export function pairedAnswer(event: { readonly outcome: PredictionEvent['outcome']; readonly timing: PredictionTiming }): PairedAnswer {
  const { outcome, timing } = event;
  const { preprocessMs, inferenceMs, postprocessMs = 0 } = timing;
  const isClass = outcome.status === 'succeeded' && outcome.answer.kind === 'classification';
  return {
    answer: isClass ? (outcome.answer as PairedAnswer['answer']) : null,
    hasFailed: outcome.status === 'failed',
    serviceMs: preprocessMs + inferenceMs + postprocessMs,
  };
}

/** Null: the pair says nothing about the metric (yet). */
export function pairedValues(metric: string, { control, treatment, truth }: Pair): PairedValues | null {
  switch (metric) {
    case 'error_rate':
      return { control: Number(control.hasFailed), treatment: Number(treatment.hasFailed) };
    case 'latency_ms':
      return control.hasFailed || treatment.hasFailed ? null : { control: control.serviceMs, treatment: treatment.serviceMs };
    case 'confidence':
      return control.answer && treatment.answer && { control: control.answer.confidence, treatment: treatment.answer.confidence };
    case 'agreement':
      return control.answer && treatment.answer && { control: 1, treatment: Number(control.answer.label === treatment.answer.label) };
    case 'accuracy': {
      const [own, others] = truth ? [labelContribution(truth, control.answer), labelContribution(truth, treatment.answer)] : [null, null];
      return own && others && { control: own.numerator, treatment: others.numerator };
    }
    default:
      return null;
  }
}

/** Metrics that the control's own answer to the same input foretells. */
export const scoredMetrics: readonly string[] = ['accuracy', 'confidence'];

/** The metric of one answer alone; null: it says nothing about it (yet). */
export function scoreOf(metric: string, { answer }: PairedAnswer, truth: Pair['truth']): number | null {
  if (metric === 'confidence') return answer?.confidence ?? null;
  if (metric !== 'accuracy' || truth === null) return null;
  return labelContribution(truth, answer)?.numerator ?? null;
}

/** Every joint table that the pair stands in. */
export function pairedCells(pair: Pair): readonly PairedCell[] {
  const { control, treatment } = pair;
  const correct = pairedValues('accuracy', pair);
  const cells: PairedCell[] = [];
  if (correct) cells.push({ kind: 'correct', controlBin: correct.control, treatmentBin: correct.treatment });
  if (!control.answer || !treatment.answer) return cells;
  const [one, other] = [control.answer, treatment.answer];
  cells.push({ kind: 'confidence', controlBin: confidenceBin(one.confidence), treatmentBin: confidenceBin(other.confidence) });
  // Where two versions number their classes differently, the numbers cannot be compared.
  const areComparable = (one.classIndex === other.classIndex) === (one.label === other.label);
  if (areComparable && Math.max(one.classIndex, other.classIndex) < maxClasses)
    cells.push({ kind: 'class', controlBin: one.classIndex, treatmentBin: other.classIndex });
  return cells;
}

function confidenceBin(confidence: number): number {
  return Math.min(confidenceBins - 1, Math.max(0, Math.floor(confidence * confidenceBins)));
}
