import fc from 'fast-check';
import { CircuitBreaker } from '../../../src/concurrency/circuit-breaker';

function aBreaker(failuresToOpen = 3, openMs = 100) {
  let nowMs = 0;
  const breaker = new CircuitBreaker({ failuresToOpen, openMs, elapsedMs: () => nowMs });
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) {
      breaker.enter();
      breaker.failed();
    }
  };
  return {
    breaker,
    fail,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('CircuitBreaker', () => {
  it('opens after failures in a row, and only in a row', () => {
    const { breaker, fail } = aBreaker();
    fail(2);
    breaker.succeeded();
    fail(2);
    expect([breaker.state, breaker.enter()]).toEqual(['closed', 0]);
    breaker.failed();
    expect([breaker.state, breaker.enter()]).toEqual(['open', 100]);
  });

  it.each([
    ['success closes it', 'succeeded', 'closed'],
    ['failure opens it again', 'failed', 'open'],
    ['abstention leaves the place to the next', 'abstained', 'half-open'],
  ] as const)('lets one go first after a while, whose %s', (_, outcome, state) => {
    const { breaker, fail, pass } = aBreaker();
    fail(3);
    pass(99);
    expect(breaker.enter()).toBe(1);
    pass(1);
    expect([breaker.enter(), breaker.state]).toEqual([0, 'half-open']);
    expect(breaker.enter()).toBeGreaterThan(0);
    breaker[outcome]();
    expect(breaker.state).toBe(state);
    if (state === 'half-open') expect(breaker.enter()).toBe(0);
  });

  it('tells how long to wait without counting as one who goes', () => {
    const { breaker, fail, pass } = aBreaker();
    expect(breaker.waitMs).toBe(0);
    fail(3);
    expect(breaker.waitMs).toBe(100);
    pass(100);
    expect([breaker.waitMs, breaker.waitMs, breaker.state]).toEqual([0, 0, 'open']);
    breaker.enter();
    expect(breaker.waitMs).toBe(100);
  });

  it('takes no word of those who entered before it opened', () => {
    const { breaker, fail } = aBreaker();
    breaker.enter();
    fail(3);
    breaker.succeeded();
    expect(breaker.state).toBe('open');
  });

  it('lets at most one through between its opening and the next success, and always one again in the end', () => {
    const step = fc.oneof(fc.constantFrom('enter', 'succeeded', 'failed', 'abstained'), fc.integer({ min: 1, max: 150 }));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { breaker, pass } = aBreaker();
        // Callers who are inside, so that each one says once how it went.
        let inside = 0;
        for (const one of steps) {
          if (typeof one === 'number') pass(one);
          else if (one === 'enter') {
            const wasHalfOpen = breaker.state === 'half-open';
            const waitMs = breaker.enter();
            expect(waitMs).toBeGreaterThanOrEqual(0);
            if (waitMs === 0) inside++;
            if (waitMs === 0 && wasHalfOpen) expect(breaker.state).toBe('half-open');
          } else if (inside > 0) {
            inside--;
            breaker[one as 'succeeded' | 'failed' | 'abstained']();
          }
        }
        for (; inside > 0; inside--) breaker.failed();
        pass(100);
        expect(breaker.enter()).toBe(0);
      }),
    );
  });
});
