import fc from 'fast-check';
import { compileFilter } from '../../../src/assignment/filter';
import { compileHoldout, holdoutFilter } from '../../../src/assignment/holdout';
import { freeSlot, type Layer, layerFilter, layerProblem } from '../../../src/assignment/layer';
import { massOf } from '../../../src/assignment/range-set';
import type { Unit } from '../../../src/assignment/unit';

const aUnit = (id: string): Unit => ({ id, attributes: null, documents: null });

describe('layerProblem', () => {
  it.each<[Layer['slots'], string | null]>([
    [{}, null],
    [{ a: [[0, 0.5]], b: [[0.5, 1]] }, null],
    [{ a: [[0, 0.6]], b: [[0.5, 1]] }, 'Layer "ranking": "b" overlaps another experiment.'],
    [{ a: [[0.5, 1.1]] }, 'Layer "ranking": "a" has the range 0.5 to 1.1; 0 <= start <= end <= 1 is needed.'],
    [{ a: [[0.5, 0.4]] }, 'Layer "ranking": "a" has the range 0.5 to 0.4; 0 <= start <= end <= 1 is needed.'],
    [{ a: [[Number.NaN, 1]] }, 'Layer "ranking": "a" has the range NaN to 1; 0 <= start <= end <= 1 is needed.'],
  ])('of %j is %j', (slots, problem) => {
    expect(layerProblem({ key: 'ranking', slots })).toBe(problem);
  });
});

describe('freeSlot', () => {
  it('finds room for experiments as long as there is some, and never the same twice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 }), (shares) => {
        let slots: Layer['slots'] = {};
        let used = 0;
        for (const [index, thousandths] of shares.entries()) {
          const slot = freeSlot({ key: 'ranking', slots }, thousandths / 1_000);
          expect(slot !== null).toBe(used + thousandths <= 1_000);
          if (slot === null) continue;
          expect(massOf(slot)).toBeCloseTo(thousandths / 1_000, 9);
          used += thousandths;
          // Every second one is freed again, so that holes have to be filled.
          if (index % 2 === 0) slots = { ...slots, [`exp-${index}`]: slot };
          else used -= thousandths;
          expect(layerProblem({ key: 'ranking', slots })).toBeNull();
        }
      }),
    );
  });

  it('fills holes', () => {
    const layer = { key: 'ranking', slots: { a: [[0.2, 0.6]] } } as const;
    expect(freeSlot(layer, 0.3)).toEqual([
      [0, 0.2],
      [0.6, 0.7],
    ]);
    expect(freeSlot(layer, 0.61)).toBeNull();
  });
});

describe('layerFilter', () => {
  it('is what a client of GrowthBook needs to decide the same', () => {
    const layer: Layer = { key: 'ranking', slots: { a: [[0, 0.6]] }, hashVersion: 2, attribute: 'company' };
    expect(layerFilter(layer, 'a')).toEqual({ seed: 'layer:ranking', ranges: [[0, 0.6]], hashVersion: 2, attribute: 'company' });
    expect(() => layerFilter(layer, 'constructor')).toThrow('Layer "ranking" has no slot for "constructor".');
  });
});

describe('compileHoldout', () => {
  it('only adds units when the share rises', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (id, one, other) => {
        const small = compileHoldout({ key: 'all', share: Math.min(one, other) })(aUnit(id));
        if (small) expect(compileHoldout({ key: 'all', share: Math.max(one, other) })(aUnit(id))).toBe(true);
      }),
    );
  });

  it('is a filter of GrowthBook turned round', () => {
    const filter = holdoutFilter({ key: 'all', share: 0.05, hashVersion: 3 });
    expect(filter).toEqual({ seed: 'holdout:all', ranges: [[0, 0.05]], hashVersion: 3 });
    expect(compileFilter(filter)(aUnit('a'))).toBe(compileHoldout({ key: 'all', share: 0.05, hashVersion: 3 })(aUnit('a')));
  });
});
