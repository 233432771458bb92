import { AppError, type ErrorCode, withShortQuotes } from '../errors';

/** One mistake in a form: `field` is the path to the input that is wrong. */
export interface FormProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: readonly string[];
}

export function problem(field: readonly (string | number)[], message: string, code: ErrorCode = 'BAD_USER_INPUT'): FormProblem {
  return { code, message, field: field.map(String) };
}

/** Every mistake in a form at once; nothing was changed. The code is that of the first one. */
export class FormError extends AppError {
  readonly problems: readonly FormProblem[];

  constructor(problems: readonly [FormProblem, ...FormProblem[]]) {
    super(problems[0].code, problems.map((problem) => problem.message).join(' '));
    this.name = 'FormError';
    this.problems = problems.map((problem) => ({ ...problem, message: withShortQuotes(problem.message) }));
  }
}

/** @throws FormError unless there are no problems. */
export function refuseIfAny(problems: readonly FormProblem[]): void {
  const [first, ...rest] = problems;
  if (first) throw new FormError([first, ...rest]);
}
