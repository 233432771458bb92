import fc from 'fast-check';
import { foldLook, type Look, leastUnitsInAnArm, noEvidence, type RunningEvidence } from '../../../src/statistics/running-look';

const end = fc.double({ min: -10, max: 10, noNaN: true });
const aLook = fc.record({
  number: fc.integer({ min: 1, max: 40 }),
  ends: fc.tuple(end, end),
  pValue: fc.double({ min: 0, max: 1, noNaN: true }),
  unitsInSmallestArm: fc.integer({ min: 0, max: 200 }),
});
const someLooks = fc
  .array(aLook, { maxLength: 12 })
  .map((looks) => looks.map(({ ends, ...look }): Look => ({ ...look, lower: Math.min(...ends), upper: Math.max(...ends) })));
const fold = (looks: readonly Look[], from: RunningEvidence = noEvidence) => looks.reduce(foldLook, from);
const look = (change: Partial<Look> = {}): Look => ({ number: 1, lower: -1, upper: 2, pValue: 0.3, unitsInSmallestArm: 30, ...change });
const widthOf = (evidence: RunningEvidence) =>
  evidence.state === 'running' && evidence.lower !== null && evidence.upper !== null ? evidence.upper - evidence.lower : 0;

describe('foldLook', () => {
  it('waits for 30 units in each arm', () => {
    expect(foldLook(noEvidence, look({ unitsInSmallestArm: leastUnitsInAnArm - 1 }))).toEqual({ state: 'waiting' });
    expect(foldLook(noEvidence, look())).toEqual({ state: 'running', lastLook: 1, looks: 1, lower: -1, upper: 2, pValue: 0.3 });
  });

  it('intersects the intervals and keeps the smallest p', () => {
    const looks = [look(), look({ number: 2, lower: 0, upper: 5, pValue: 0.01 }), look({ number: 4, lower: -3, upper: 1, pValue: 0.6 })];
    expect(fold(looks)).toEqual({ state: 'running', lastLook: 4, looks: 3, lower: 0, upper: 1, pValue: 0.01 });
  });

  it('says so for good when two looks exclude each other', () => {
    const looks = [look(), look({ number: 3, lower: 3, upper: 4, pValue: 0.02 }), look({ number: 5 })];
    expect(fold(looks)).toEqual({ state: 'contradicted', lastLook: 5, looks: 3, pValue: 0.02, contradictedAtLook: 3 });
  });

  it('keeps ends that are not bounded through JSON', () => {
    const evidence = foldLook(noEvidence, look({ lower: -Infinity, upper: Infinity }));
    expect(JSON.parse(JSON.stringify(evidence))).toEqual({
      state: 'running',
      lastLook: 1,
      looks: 1,
      lower: null,
      upper: null,
      pValue: 0.3,
    });
    expect(foldLook(evidence, look({ number: 2 }))).toMatchObject({ lower: -1, upper: 2 });
  });

  it('never widens, never raises p, and never forgets a contradiction', () => {
    fc.assert(
      fc.property(someLooks, (looks) => {
        let before: RunningEvidence = noEvidence;
        for (const one of looks) {
          const after = foldLook(before, one);
          if (before.state !== 'waiting' && after.state !== 'waiting') {
            expect(after.pValue).toBeLessThanOrEqual(before.pValue);
            expect(after.lastLook).toBeGreaterThanOrEqual(before.lastLook);
          }
          if (before.state === 'running' && after.state === 'running') {
            expect(after.lower ?? -Infinity).toBeGreaterThanOrEqual(before.lower ?? -Infinity);
            expect(after.upper ?? Infinity).toBeLessThanOrEqual(before.upper ?? Infinity);
            expect(widthOf(after)).toBeLessThanOrEqual(widthOf(before));
          }
          if (before.state === 'contradicted') expect(after.state).toBe('contradicted');
          before = after;
        }
      }),
    );
  });

  it('gives the same evidence however often stored looks are folded again, and from whatever stored state', () => {
    fc.assert(
      fc.property(someLooks, fc.nat({ max: 12 }), (looks, cut) => {
        const whole = fold(looks);
        const stored = JSON.parse(JSON.stringify(fold(looks.slice(0, cut)))) as RunningEvidence;
        expect(fold(looks.slice(cut), stored)).toEqual(whole);
        const counted = looks.filter((one, at) => fold(looks.slice(0, at)) !== fold(looks.slice(0, at + 1)) || one === undefined);
        expect(fold(counted)).toEqual(whole);
        expect(fold(looks, whole)).toEqual(whole);
      }),
    );
  });

  it('is turned over when the arms are swapped', () => {
    fc.assert(
      fc.property(someLooks, (looks) => {
        const swapped = fold(looks.map((one) => ({ ...one, lower: -one.upper, upper: -one.lower })));
        const whole = fold(looks);
        expect(swapped.state).toBe(whole.state);
        if (swapped.state === 'running' && whole.state === 'running') {
          expect(swapped).toEqual({ ...whole, lower: -(whole.upper ?? 0) + 0, upper: -(whole.lower ?? 0) + 0 });
        }
      }),
    );
  });

  it.each([
    { number: 0 },
    { number: 1.5 },
    { lower: 3 },
    { upper: Number.NaN },
    { pValue: 1.1 },
    { pValue: Number.NaN },
    { unitsInSmallestArm: -1 },
  ])('refuses %j', (change) => {
    expect(() => foldLook(noEvidence, look(change))).toThrow(RangeError);
  });
});
