import { GraphQLError, locatedError } from 'graphql';
import { AppError } from '../../../src/errors';
import { ErrorMask } from '../../../src/graphql/mask-errors';
import { FakeLogger } from '../../fakes/fake-logger';

function aMask(hideSuggestions = false) {
  const logger = new FakeLogger();
  return { logger, mask: new ErrorMask({ logger, createErrorId: () => 'id-1', hideSuggestions }) };
}
const at = (error: Error) => locatedError(error, undefined, ['predict']);

describe('an error on its way to the client', () => {
  it('keeps the code, the sentence and the details of an AppError, at its path', () => {
    const { mask, logger } = aMask();
    const error = new AppError('OVERLOADED', 'Try again.', { details: { retryAfterMs: 5 }, cause: new Error('secret') });
    expect(mask.format(at(error))).toEqual({
      message: 'Try again.',
      path: ['predict'],
      extensions: { code: 'OVERLOADED', retryAfterMs: 5 },
    });
    expect(logger.lines).toEqual([]);
  });

  it.each([
    ['a mistake of ours', at(new TypeError('password of the database is x'))],
    ['a mistake that says it is one', at(new AppError('INTERNAL_SERVER_ERROR', 'password of the database is x'))],
    ['what graphql cannot send', at(new GraphQLError('Float cannot represent non numeric value: "password of the database is x"'))],
    ['an error outside of any field', new Error('password of the database is x')],
    ['something that is no error', 'password of the database is x'],
  ])('tells nothing of %s but an id, under which the log has the cause', (_what, error) => {
    const { mask, logger } = aMask();
    const shown = mask.format(error);
    expect(JSON.stringify(shown)).not.toContain('password');
    expect(shown.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', errorId: 'id-1' });
    expect(logger.lines).toEqual([expect.objectContaining({ level: 'error', event: 'graphql_fault' })]);
  });

  it("passes graphql's own errors", () => {
    const error = new GraphQLError('Cannot query field "x".', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect(aMask().mask.format(error)).toEqual({ message: 'Cannot query field "x".', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  });

  it("cuts what graphql quotes of a client's value", () => {
    const { message } = aMask().mask.format(new GraphQLError(`Variable "$n" got invalid value "${'x'.repeat(9_999)}".`));
    expect(message).toBe(`Variable "$n" got invalid value "${'x'.repeat(200)}...".`);
  });

  it('gives a code to what graphql says of an argument', () => {
    expect(aMask().mask.format(at(new GraphQLError('Argument "first" has invalid value 1.5.'))).extensions).toEqual({
      code: 'BAD_USER_INPUT',
    });
  });

  it('carries neither stack traces nor orders to the HTTP layer', () => {
    const error = new GraphQLError('No.', { extensions: { code: 'BAD_REQUEST', http: { status: 400 }, stacktrace: ['at ...'] } });
    expect(aMask().mask.format(error).extensions).toEqual({ code: 'BAD_REQUEST' });
  });

  it('makes no suggestions where the schema is hidden', () => {
    const error = new GraphQLError('Cannot query field "nam". Did you mean "name"?', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect(aMask(true).mask.format(error).message).toBe('Cannot query field "nam".');
    expect(aMask(false).mask.format(error).message).toContain('Did you mean');
  });
});
