import type { Answer, LabelEvent, PredictionEvent } from '../../events/event';
import type { PredictionResult } from '../../prediction/prediction-result';
import type { StoredLabel, StoredPrediction } from '../../prediction/prediction-store';
import type { AssignmentType } from './assignment.type';
import { largestFirst } from './largest-first';
import type { ClassProbabilityType, PredictionRecordType, PredictionType, TruthType } from './prediction.type';
import type { TensorOutputType } from './tensor.type';
import { toTensorOutputs } from './tensor-output';

const noOutputs: readonly TensorOutputType[] = [];

type AnswerFields = Pick<PredictionType, 'predictedClass' | 'label' | 'confidence' | 'probabilities' | 'value'>;

/** `classLabels` null: the version is not known here. */
export function toPrediction(result: PredictionResult, topK: number, classLabels: readonly string[] | null): PredictionType {
  const { id, model, version, assignment, assignments, timing, createdAt } = result;
  const outputs = result.outputs === null ? noOutputs : toTensorOutputs(result.outputs);
  return { id, model, version, assignment, assignments, timing, createdAt, outputs, ...toAnswer(result.answer, topK, classLabels) };
}

export function toPredictionRecord({ event, label }: StoredPrediction, classLabels: readonly string[] | null): PredictionRecordType {
  const { id, model, version, unitId, attributes, timing, outcome } = event;
  return {
    id,
    model,
    version,
    unitId,
    attributes,
    timing,
    ...toAnswer(outcome.status === 'succeeded' ? outcome.answer : null, Number.POSITIVE_INFINITY, classLabels),
    failure: outcome.status === 'failed' ? { code: outcome.code, message: outcome.message } : null,
    truth: label && toTruth(label),
    assignments: toAssignments(event),
    createdAt: new Date(event.occurredAtMs),
  };
}

function toAnswer(answer: Answer | null, topK: number, classLabels: readonly string[] | null): AnswerFields {
  const none: AnswerFields = { predictedClass: null, label: null, confidence: null, probabilities: [], value: null };
  if (answer === null || answer.kind === 'raw') return none;
  if (answer.kind === 'regression') return { ...none, value: answer.value };
  return {
    ...none,
    predictedClass: answer.classIndex,
    label: answer.label,
    confidence: answer.confidence,
    probabilities: mostProbable(answer.probabilities, topK, classLabels),
  };
}

/** Equal probabilities keep the order of the classes. */
function mostProbable(probabilities: readonly number[], topK: number, classLabels: readonly string[] | null): ClassProbabilityType[] {
  return largestFirst(probabilities, topK).map((index) => ({
    class: index,
    label: classLabels?.[index] ?? null,
    probability: probabilities[index] as number,
  }));
}

function toTruth({ truth, receivedAt }: StoredLabel): TruthType {
  return { class: null, label: null, value: null, ...truthFields(truth), receivedAt };
}

function truthFields(truth: LabelEvent['truth']): Partial<TruthType> {
  switch (truth.kind) {
    case 'class':
      return { class: truth.classIndex };
    case 'label':
      return { label: truth.label };
    case 'value':
      return { value: truth.value };
  }
}

function toAssignments({ assignments, version }: PredictionEvent): readonly AssignmentType[] {
  return assignments.map((one) => ({ ...one, version, inExperiment: true, reason: 'ASSIGNED' }));
}
