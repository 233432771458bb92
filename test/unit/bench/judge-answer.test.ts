import { failureOf } from '../../../bench/load/judge-answer';

const judge = (status: number, body: string, expected: readonly string[]) =>
  failureOf(
    { status, body: Buffer.from(body), keepsAlive: true },
    expected.map((part) => Buffer.from(part)),
  );
const refusal = '{"errors":[{"message":"full","extensions":{"code":"OVERLOADED"}}],"data":null}';

describe('an answer', () => {
  it.each([
    ['is right when it holds the class', 200, '{"data":{"predict":{"predictedClass":7}}}', null],
    ['is wrong when the class only begins alike', 200, '{"data":{"predict":{"predictedClass":71}}}', 'wrong answer'],
    ['is wrong when it is empty', 200, '', 'wrong answer'],
    ['is no success when its status is not 200, whatever it says', 503, '{"data":{"predict":{"predictedClass":7}}}', 'HTTP 503'],
    ['is known by its code when refused', 200, refusal, 'OVERLOADED'],
    ['is known by its code before its status', 503, refusal, 'OVERLOADED'],
    ['is an error without a code too', 200, '{"errors":[{"message":"?"}]}', 'GraphQL error without a code'],
  ])('%s', (_, status, body, failure) => expect(judge(status, body, ['"predictedClass":7}'])).toBe(failure));

  it('holds all rows of a batch in their order', () => {
    const [zero, one] = ['"predictedClass":0}', '"predictedClass":1}'];
    expect(judge(200, `[{${zero},{${one},{${zero}]`, [zero, one, zero])).toBeNull();
    expect(judge(200, `[{${zero},{${one}]`, [zero, one, zero])).toBe('wrong answer');
    expect(judge(200, `[{${one},{${zero},{${zero}]`, [zero, one, zero])).toBe('wrong answer');
  });
});
