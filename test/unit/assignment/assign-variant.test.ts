import { GrowthBook } from '@growthbook/growthbook';
import fc from 'fast-check';
import { type AssignmentRequest, assignVariant } from '../../../src/assignment/assign-variant';

const weights = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 6 })
  .filter((parts) => parts.some((part) => part > 0))
  .map((parts) => parts.map((part) => part / parts.reduce((sum, other) => sum + other, 0)));
const coverage = fc.oneof(fc.constantFrom(0, 0.01, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const text = fc.oneof(fc.uuid(), fc.string({ minLength: 1 }), fc.string({ minLength: 1, unit: 'grapheme' }));
const request: fc.Arbitrary<AssignmentRequest> = fc.record({ seed: text, unitId: text, coverage, weights });

/** What GrowthBook's own SDK answers: the variant it shows, null when the unit is not in the experiment. */
function sdkVariant({ seed, unitId, coverage: share, weights: shares }: AssignmentRequest): number | null {
  const growthBook = new GrowthBook({ attributes: { id: unitId } });
  const [first = 0, second = 1, ...rest] = shares.map((_, index) => index);
  const result = growthBook.run({
    key: 'an-experiment',
    seed,
    hashVersion: 2,
    coverage: share,
    weights: [...shares],
    variations: [first, second, ...rest],
  });
  growthBook.destroy();
  return result.inExperiment ? result.variationId : null;
}

describe('assignVariant', () => {
  it('gives the variant that the GrowthBook SDK gives', () => {
    fc.assert(
      fc.property(request, (input) => {
        expect(assignVariant(input).index).toBe(sdkVariant(input));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same variant each time', () => {
    fc.assert(
      fc.property(request, (input) => {
        expect(assignVariant({ ...input })).toEqual(assignVariant(input));
      }),
    );
  });

  it('never moves an enrolled unit when the coverage rises', () => {
    fc.assert(
      fc.property(request, coverage, (input, other) => {
        const [low, high] = [Math.min(input.coverage, other), Math.max(input.coverage, other)];
        const before = assignVariant({ ...input, coverage: low }).index;
        if (before !== null) expect(assignVariant({ ...input, coverage: high }).index).toBe(before);
      }),
      { numRuns: 2_000 },
    );
  });

  it('enrols everybody at coverage 1 and nobody at 0', () => {
    fc.assert(
      fc.property(text, text, (seed, unitId) => {
        const shares = [0.2, 0.3, 0.5];
        expect(assignVariant({ seed, unitId, coverage: 1, weights: shares }).index).not.toBeNull();
        expect(assignVariant({ seed, unitId, coverage: 0, weights: shares }).index).toBeNull();
      }),
    );
  });

  it('never gives a variant of weight 0', () => {
    fc.assert(
      fc.property(request, (input) => {
        const { index } = assignVariant(input);
        if (index !== null) expect(input.weights[index]).toBeGreaterThan(0);
      }),
    );
  });

  it('gives each variant its share', () => {
    const counts = [0, 0, 0];
    const units = 20_000;
    for (let unit = 0; unit < units; unit++) {
      const { index } = assignVariant({ seed: 'digits', unitId: String(unit), coverage: 0.8, weights: [0.5, 0.3, 0.2] });
      if (index !== null) counts[index] = (counts[index] as number) + 1;
    }
    for (const [index, share] of [0.4, 0.24, 0.16].entries()) {
      expect(Math.abs((counts[index] as number) / units - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / units));
    }
  });
});
