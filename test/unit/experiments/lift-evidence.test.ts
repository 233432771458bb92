import fc from 'fast-check';
import { foldLift, type LiftEvidence, type LiftLook, noLiftEvidence, numberAfter } from '../../../src/experiments/lift-evidence';

const range = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))
  .map(([one, other]) => ({ lower: Math.min(one, other), upper: Math.max(one, other) }));
const someLooks = fc
  .array(
    fc.record({
      unitsInSmallestArm: fc.integer({ min: 20, max: 100 }),
      absoluteLift: fc.option(range, { freq: 8 }),
      relativeLift: fc.option(range, { freq: 3 }),
      pValue: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 12 },
  )
  .map((looks) => looks.map((look, index): LiftLook => ({ ...look, number: 2 * index + 1, atMs: 1_000 * index })));
const fold = (looks: readonly LiftLook[], from: LiftEvidence = noLiftEvidence) => looks.reduce(foldLift, from);
const aLook = (number: number, lower: number, upper: number, more: Partial<LiftLook> = {}): LiftLook => ({
  ...{ number, atMs: number * 1_000, unitsInSmallestArm: 30, pValue: 0.2, absoluteLift: { lower, upper }, relativeLift: null },
  ...more,
});

it('keeps what two looks that exclude each other have said, and when', () => {
  const looks = [aLook(1, -1, 3), aLook(2, 0, 5), aLook(4, 4, 6), aLook(5, 7, 8)];
  expect(fold(looks)).toMatchObject({
    absolute: {
      running: { state: 'contradicted', contradictedAtLook: 4, looks: 4 },
      contradiction: { scale: 'ABSOLUTE', atMs: 4_000, earlier: { lower: 0, upper: 3 }, later: { lower: 4, upper: 6 } },
    },
    relative: { running: { state: 'waiting' }, contradiction: null },
  });
});

it('knows both scales for themselves', () => {
  const relativeLift = { lower: 0.1, upper: Number.POSITIVE_INFINITY };
  const looks = [aLook(1, -1, 3, { relativeLift }), aLook(2, 0, 2, { relativeLift: { lower: -1, upper: 0 } })];
  expect(fold(looks)).toMatchObject({
    absolute: { running: { state: 'running', lower: 0, upper: 2 }, contradiction: null },
    relative: { running: { state: 'contradicted' }, contradiction: { scale: 'RELATIVE', earlier: { lower: 0.1, upper: null } } },
  });
});

it('keeps a clash with a look that has one end through JSON', () => {
  const one = fold([aLook(1, -1, 3), aLook(2, 4, Number.POSITIVE_INFINITY)]);
  expect(one.absolute.contradiction?.later).toEqual({ lower: 4, upper: null });
  const other = fold([aLook(1, 1, 3), aLook(2, Number.NEGATIVE_INFINITY, -0)]);
  expect(other.absolute.contradiction?.later).toEqual({ lower: null, upper: 0 });
  for (const evidence of [one, other]) expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
});

it('leaves the evidence as it is where a look could not tell', () => {
  const before = fold([aLook(1, -1, 3)]);
  expect(foldLift(before, aLook(2, 0, 0, { absoluteLift: null }))).toEqual(before);
  expect(foldLift(before, aLook(2, 0, 0, { pValue: null }))).toEqual(before);
});

it('is the same to the last bit, whole or from any state that was stored', () => {
  fc.assert(
    fc.property(someLooks, fc.nat({ max: 12 }), (looks, cut) => {
      const stored = JSON.parse(JSON.stringify(fold(looks.slice(0, cut)))) as LiftEvidence;
      expect(fold(looks.slice(cut), stored)).toEqual(fold(looks));
      expect(fold(looks, fold(looks))).toEqual(fold(looks));
    }),
  );
});

it('has a contradiction exactly when it is contradicted, and keeps the first', () => {
  fc.assert(
    fc.property(someLooks, (looks) => {
      let before = noLiftEvidence;
      for (const look of looks) {
        const after = foldLift(before, look);
        for (const scale of ['absolute', 'relative'] as const) {
          expect(after[scale].contradiction !== null).toBe(after[scale].running.state === 'contradicted');
          if (before[scale].contradiction) expect(after[scale].contradiction).toEqual(before[scale].contradiction);
        }
        expect(numberAfter(after)).toBeGreaterThanOrEqual(numberAfter(before));
        before = after;
      }
    }),
  );
});
