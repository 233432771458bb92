import { builtInMetrics } from '../../../src/experiments/metric';
import { isSettled } from '../../../src/experiments/settled-metric';

const metric = { kind: 'mean', conversionWindowMs: null, maturityMs: 0, isBuiltIn: false } as const;

it('takes rates as settled, and what serving measures', () => {
  for (const one of builtInMetrics) expect(isSettled(one)).toBe(true);
  expect(isSettled({ ...metric, kind: 'ratio' })).toBe(true);
});

it.each(['proportion', 'mean', 'count', 'quantile'] as const)(
  'takes a %s as settled when no unit counts before all its outcomes can have come',
  (kind) => {
    expect(isSettled({ ...metric, kind })).toBe(false);
    expect(isSettled({ ...metric, kind, maturityMs: 5 })).toBe(false);
    expect(isSettled({ ...metric, kind, conversionWindowMs: 5 })).toBe(false);
    expect(isSettled({ ...metric, kind, conversionWindowMs: 5, maturityMs: 4 })).toBe(false);
    expect(isSettled({ ...metric, kind, conversionWindowMs: 5, maturityMs: 5 })).toBe(true);
  },
);
