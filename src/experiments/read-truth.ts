import { AppError } from '../errors';
import type { LabelEvent, PredictionEvent } from '../events/event';
import { isStorable, unstorableSentence } from '../events/storable';

type Truth = LabelEvent['truth'];

export interface TruthInput {
  readonly class?: number | null | undefined;
  readonly label?: string | null | undefined;
  readonly value?: number | null | undefined;
}

const maxLabelLength = 1000;

/** The one of class, label and value that was given. @throws AppError BAD_USER_INPUT */
export function readTruth(input: TruthInput): Truth {
  const classIndex = input.class ?? null;
  const label = input.label ?? null;
  const value = input.value ?? null;
  if ([classIndex, label, value].filter((one) => one !== null).length !== 1) throw badInput('Give exactly one of class, label and value.');
  if (classIndex !== null) {
    if (Number.isSafeInteger(classIndex) && classIndex >= 0) return { kind: 'class', classIndex };
    throw badInput(`class must be a whole number of at least 0, not ${classIndex}.`);
  }
  if (label !== null) {
    if (label.length > maxLabelLength) throw badInput(`label must have at most ${maxLabelLength} characters.`);
    if (!isStorable(label)) throw badInput(`label ${unstorableSentence}`);
    return { kind: 'label', label };
  }
  if (value !== null && Number.isFinite(value)) return { kind: 'value', value };
  throw badInput('value must be a finite number.');
}

/**
 * Can this be the truth about that prediction?
 * @param labels of the version that made it; null: not known here, so any class is taken.
 * @throws AppError BAD_USER_INPUT
 */
export function requireFittingTruth(truth: Truth, { model, outcome }: PredictionEvent, labels: readonly string[] | null): void {
  if (outcome.status === 'failed') throw badInput('This prediction failed, so there is no answer that a label could be compared with.');
  if (outcome.answer.kind === 'raw') {
    throw badInput(
      `${model} answers tensors, and nothing says what they mean, so there is no class or value that a label could be compared with. Report how good it was with recordOutcome.`,
    );
  }
  const isRegression = outcome.answer.kind === 'regression';
  if (isRegression !== (truth.kind === 'value')) {
    throw badInput(
      isRegression ? `${model} predicts a value: send "value".` : `${model} predicts a class: send "class" or "label", not "value".`,
    );
  }
  if (labels === null || truth.kind === 'value') return;
  if (truth.kind === 'class' && truth.classIndex >= labels.length) {
    throw badInput(`${model} has ${labels.length} classes, 0 to ${labels.length - 1}; ${truth.classIndex} is none of them.`);
  }
  if (truth.kind === 'label' && !labels.includes(truth.label)) {
    const some = `${labels.slice(0, 20).join(', ')}${labels.length > 20 ? ', ...' : ''}`;
    throw badInput(`"${truth.label}" is not a class label of ${model}. Labels: ${some}.`);
  }
}

/** The truth with the place of its label among those of the version; as it is where that is not known, or two classes have that label. */
export function withClassIndex(truth: Truth, labels: readonly string[] | null): Truth {
  if (truth.kind !== 'label' || labels === null) return truth;
  const classIndex = labels.indexOf(truth.label);
  return classIndex < 0 || labels.lastIndexOf(truth.label) !== classIndex ? truth : { ...truth, classIndex };
}

function badInput(message: string): AppError {
  return new AppError('BAD_USER_INPUT', message);
}
