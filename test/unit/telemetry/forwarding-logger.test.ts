import { forwardingLogger, type LogLine } from '../../../src/telemetry/forwarding-logger';

describe('forwardingLogger', () => {
  it('gives lines that survive the way to another thread, errors with name, code and cause', () => {
    const lines: LogLine[] = [];
    const logger = forwardingLogger((line) => lines.push(structuredClone(line)));
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    class QueryFailed extends Error {
      override readonly name = 'QueryFailed';
    }
    logger.warn('ingest_failed', { error: new QueryFailed('no answer', { cause }), lagMs: 7 });
    logger.info('alone');
    expect(lines).toEqual([
      {
        level: 'warn',
        event: 'ingest_failed',
        facts: {
          error: {
            type: 'QueryFailed',
            message: 'no answer',
            stack: expect.any(String),
            cause: { type: 'Error', message: 'refused', code: 'ECONNREFUSED', stack: expect.any(String) },
          },
          lagMs: 7,
        },
      },
      { level: 'info', event: 'alone', facts: {} },
    ]);
  });
});
