import type { JsonObject } from '../../../src/events/event';
import { TabularReader } from '../../../src/inference/tabular-row';
import type { FeatureSignature } from '../../../src/model-registry/model-version';

const features: readonly FeatureSignature[] = [
  { name: 'age', datatype: 'FP32' },
  { name: 'visits', datatype: 'INT64' },
  { name: 'city', datatype: 'BYTES' },
  { name: 'member', datatype: 'BOOL' },
];
const good = { age: 41.5, visits: 3, city: 'Ulm', member: true };

describe('TabularReader', () => {
  it('reads names in any order, and positions in declared order', () => {
    const cells = [41.5, 3n, 'Ulm', true];
    expect(new TabularReader(features).read({ member: true, city: 'Ulm', visits: 3, age: 41.5 }).cells).toEqual(cells);
    expect(new TabularReader(features).read({ values: [41.5, 3, 'Ulm', true] }).cells).toEqual(cells);
    expect(new TabularReader(features).read(good).inputFeatures).toEqual({ age: 41.5, visits: 3, city: 'Ulm', member: 1 });
  });

  it('refuses what a half float would make infinite', () => {
    const half = new TabularReader([{ name: 'x', datatype: 'FP16' }]);
    expect(half.read({ x: 65_519 }).cells).toEqual([65_519]);
    expect(() => half.read({ x: -65_520 })).toThrow(expect.objectContaining({ code: 'INVALID_FEATURES', details: { feature: 'x' } }));
  });

  it.each<[string, JsonObject, string]>([
    ['an unknown feature', { ...good, height: 2 }, 'height'],
    ['a missing feature', { age: 1, visits: 1, city: 'x' }, 'member'],
    ['null', { ...good, age: null }, 'age'],
    ['U+0000', { ...good, city: 'U\u0000lm' }, 'city'],
    ['half of a surrogate pair', { ...good, city: '\ud800' }, 'city'],
    ['a string for a number', { ...good, age: '41' }, 'age'],
    ['a number for a string', { ...good, city: 7 }, 'city'],
    ['a number for a yes or no', { ...good, member: 1 }, 'member'],
    ['an array', { ...good, age: [1] }, 'age'],
    ['not a number', { ...good, age: Number.NaN }, 'age'],
    ['what 1e999 becomes', { ...good, age: Number.POSITIVE_INFINITY }, 'age'],
    ['what a 32-bit float cannot hold', { ...good, age: 1e39 }, 'age'],
    ['a fraction for a whole number', { ...good, visits: 1.5 }, 'visits'],
    ['a whole number out of range', { ...good, visits: 1e19 }, 'visits'],
    ['too few values', { values: [1, 2] }, 'values'],
    ['values that are no array', { values: 'x' }, 'values'],
    ['a name that every object has', JSON.parse('{"__proto__": 1, "age": 1}'), '__proto__'],
  ])('refuses %s and names the key', (_, given, feature) => {
    expect(() => new TabularReader(features).read(given)).toThrow(
      expect.objectContaining({ code: 'INVALID_FEATURES', details: { feature }, message: expect.stringContaining(feature) }),
    );
  });
});
