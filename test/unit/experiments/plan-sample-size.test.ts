import fc from 'fast-check';
import type { FormError } from '../../../src/experiments/form-error';
import { planSampleSize, type SampleSizeQuestion } from '../../../src/experiments/plan-sample-size';

const question: SampleSizeQuestion = {
  baselineMean: 0.1,
  standardDeviation: null,
  minimumDetectableEffect: 0.05,
  alpha: 0.05,
  power: 0.8,
  variants: 2,
  unitsPerDay: 10_000,
};

it('says how many units and days a change of a size needs, and what a single look would need', () => {
  const { unitsPerVariant, units, days, unitsPerVariantAtFixedHorizon } = planSampleSize(question);
  // The vectors' own number for a share of 10% and a lift of 5%.
  expect(unitsPerVariantAtFixedHorizon).toBe(59_409);
  expect(unitsPerVariant).toBeGreaterThan(59_409);
  expect(units).toBe(2 * (unitsPerVariant as number));
  expect(days).toBeCloseTo((units as number) / 10_000, 9);
});

it('takes a standard deviation in place of that of a share, and shares alpha out among treatments', () => {
  const share = planSampleSize(question);
  expect(planSampleSize({ ...question, standardDeviation: 0.3 })).toEqual(share);
  expect(planSampleSize({ ...question, variants: 4 }).unitsPerVariant).toBe(
    planSampleSize({ ...question, alpha: 0.05 / 3 }).unitsPerVariant,
  );
  expect(planSampleSize({ ...question, unitsPerDay: null }).days).toBeNull();
});

it('has an answer for whatever it takes', () => {
  const value = fc.constantFrom(1e-50, 1e-9, 0.3, 7, 1e9, 1e50);
  const effect = fc.constantFrom(5e-324, 1e-9, 0.02, 1, 1e6);
  fc.assert(
    fc.property(value, value, effect, fc.boolean(), (mean, standardDeviation, minimumDetectableEffect, isNegative) => {
      const baselineMean = isNegative ? -mean : mean;
      const { units } = planSampleSize({ ...question, baselineMean, standardDeviation, minimumDetectableEffect });
      expect(units === null || units >= 2).toBe(true);
    }),
  );
});

it.each<[string, Partial<SampleSizeQuestion>, string[]]>([
  ['numbers beyond any metric', { baselineMean: 1e300, standardDeviation: 1e-300 }, ['baselineMean', 'standardDeviation']],
  ['a share that is none', { baselineMean: 1.2 }, ['baselineMean']],
  ['a mean of 0', { baselineMean: 0, standardDeviation: 1 }, ['baselineMean']],
  ['no spread', { standardDeviation: 0 }, ['standardDeviation']],
  ['no effect', { minimumDetectableEffect: 0 }, ['minimumDetectableEffect']],
  [
    'what is no number',
    { minimumDetectableEffect: Number.NaN, alpha: Number.NaN, power: Number.POSITIVE_INFINITY },
    ['minimumDetectableEffect', 'alpha', 'power'],
  ],
  ['one variant', { variants: 1 }, ['variants']],
  ['nobody', { unitsPerDay: 0 }, ['unitsPerDay']],
])('refuses %s', (_, more, fields) => {
  let failure: unknown = null;
  try {
    planSampleSize({ ...question, ...more });
  } catch (error) {
    failure = error;
  }
  expect((failure as FormError).problems.map(({ field }) => field.join('.'))).toEqual(fields);
});
