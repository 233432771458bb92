import fc from 'fast-check';
import { firstCrossing } from '../../../bench/roll-back/first-crossing';
import type { Visit } from '../../../bench/roll-back/paced-visits';
import { crossingRule } from '../../../bench/roll-back/slow-rollout';
import { timeToControl } from '../../../bench/roll-back/time-to-control';

/** One visit each 10 ms, by turns to either version until `until`, then to the old one outside. */
function visits(count: number, until: number, slowMs: number): readonly Visit[] {
  return Array.from({ length: count }, (_, index) => {
    const isNew = index < until && index % 2 === 1;
    const totalMs = (isNew ? slowMs : 10) + (index % 7) / 10;
    const variant = index < until ? (isNew ? 'next' : 'now') : null;
    const sentAtMs = 10 * index;
    return { unitId: `unit-${index}`, version: isNew ? '2' : '1', variant, totalMs, sentAtMs, answeredAtMs: sentAtMs + totalMs };
  });
}

describe('the moment at which a guardrail is crossed', () => {
  it('comes with the first answer that makes both arms large enough', () => {
    const crossing = firstCrossing(visits(200, 200, 60), crossingRule);
    const before = visits(200, 200, 60).filter(({ answeredAtMs }) => answeredAtMs <= (crossing?.answeredAtMs ?? 0));
    const smaller = Math.min(...['now', 'next'].map((key) => before.filter(({ variant }) => variant === key).length));
    expect(smaller).toBe(30);
  });

  it('does not depend on the order in which the answers are given', () => {
    const sample = visits(120, 120, 60);
    const crossing = firstCrossing(sample, crossingRule);
    fc.assert(
      fc.property(fc.shuffledSubarray([...sample], { minLength: sample.length }), (shuffled) =>
        expect(firstCrossing(shuffled, crossingRule)).toEqual(crossing),
      ),
      { numRuns: 20 },
    );
  });

  it('never comes while the versions are as fast, or when nobody is in the experiment', () => {
    expect(firstCrossing(visits(400, 400, 10), crossingRule)).toBeNull();
    expect(firstCrossing(visits(400, 0, 60), crossingRule)).toBeNull();
  });
});

describe('the time until the control serves alone', () => {
  it('runs from the crossing to the first request after the last that the new version answered', () => {
    const sample = visits(300, 101, 60);
    const crossing = firstCrossing(sample, crossingRule);
    const { toControlMs, late, slowdown } = timeToControl(sample, crossingRule);
    expect(toControlMs).toBe(1000 - (crossing?.answeredAtMs as number));
    expect(late).toBe(sample.filter(({ version, sentAtMs }) => version === '2' && sentAtMs > (crossing?.answeredAtMs as number)).length);
    expect(late).toBeGreaterThan(0);
    expect(slowdown).toBeCloseTo(5.8, 0);
  });

  it('cannot be told when nothing was crossed, or when the new version served to the end', () => {
    expect(() => timeToControl(visits(40, 40, 60), crossingRule)).toThrow(/never crossed/);
    expect(() => timeToControl(visits(200, 200, 60), crossingRule)).toThrow(/served to the end/);
  });
});
