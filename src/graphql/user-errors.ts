import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { AppError, type ErrorCode } from '../errors';
import { FormError } from '../experiments/form-error';

/** The codes that are about what the caller filled in; every other failure is a GraphQL error. */
const UserErrorCodeEnum = {
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  MODEL_NOT_FOUND: 'MODEL_NOT_FOUND',
  VERSION_NOT_FOUND: 'VERSION_NOT_FOUND',
  MODEL_NOT_READY: 'MODEL_NOT_READY',
  EXPERIMENT_NOT_FOUND: 'EXPERIMENT_NOT_FOUND',
  METRIC_NOT_FOUND: 'METRIC_NOT_FOUND',
  ALERT_NOT_FOUND: 'ALERT_NOT_FOUND',
  INVALID_STATE: 'INVALID_STATE',
  CONFLICT: 'CONFLICT',
} as const satisfies Partial<Record<ErrorCode, ErrorCode>>;
type UserErrorCode = keyof typeof UserErrorCodeEnum;

registerEnumType(UserErrorCodeEnum, {
  name: 'UserErrorCode',
  description: 'What is wrong with what was filled in.',
  valuesConfig: {
    BAD_USER_INPUT: { description: 'A value is not allowed here.' },
    MODEL_NOT_FOUND: { description: 'There is no such model.' },
    VERSION_NOT_FOUND: { description: 'The model has no such version or label.' },
    MODEL_NOT_READY: { description: 'A version that it names does not answer now: it is loading, or it failed to load.' },
    EXPERIMENT_NOT_FOUND: { description: 'There is no such experiment.' },
    METRIC_NOT_FOUND: { description: 'There is no such metric.' },
    ALERT_NOT_FOUND: { description: 'There is no such alert.' },
    INVALID_STATE: { description: 'What it names is not in a state that allows this.' },
    CONFLICT: { description: 'Something else is in the way: a taken key, another running experiment, a change made meanwhile.' },
  },
});

@ObjectType('UserError', { simpleResolvers: true, description: 'One thing that was wrong with what was filled in.' })
export class UserErrorType {
  @Field(() => UserErrorCodeEnum, { description: 'For programs.' })
  readonly code!: UserErrorCode;

  @Field(() => String, { description: 'For people: what is wrong and what to do.' })
  readonly message!: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Path of the field it is about, for example ["variants", "0", "weight"]; null when it is about no single one.',
  })
  readonly field!: readonly string[] | null;
}

/** Which argument an error without a field of its own is about. */
const fieldOfCode: Readonly<Partial<Record<UserErrorCode, readonly string[]>>> = {
  MODEL_NOT_FOUND: ['model'],
  VERSION_NOT_FOUND: ['version'],
  EXPERIMENT_NOT_FOUND: ['key'],
  ALERT_NOT_FOUND: ['id'],
};

export interface FormOutcome<T> {
  readonly result: T | null;
  readonly userErrors: readonly UserErrorType[];
}

/** Runs a change; mistakes of the form come back as data, anything else is thrown on. */
export async function asForm<T>(change: () => Promise<T>): Promise<FormOutcome<T>> {
  try {
    return { result: await change(), userErrors: [] };
  } catch (error) {
    if (error instanceof FormError && error.problems.every((problem) => isUserErrorCode(problem.code))) {
      return { result: null, userErrors: error.problems.map((problem) => ({ ...problem, code: problem.code as UserErrorCode })) };
    }
    if (error instanceof AppError && isUserErrorCode(error.code)) {
      return { result: null, userErrors: [{ code: error.code, message: error.message, field: fieldOfCode[error.code] ?? null }] };
    }
    throw error;
  }
}

function isUserErrorCode(code: string): code is UserErrorCode {
  return Object.hasOwn(UserErrorCodeEnum, code);
}
