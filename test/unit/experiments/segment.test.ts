import fc from 'fast-check';
import { attributeOf, isOwnValue, otherSegment, segmentsOf } from '../../../src/experiments/segment';

it('names a segment for each declared attribute', () => {
  const attributes = { country: 'DE', age: 30, member: true, tags: ['a'], nothing: null, blank: '  ' };
  expect(segmentsOf(['country', 'age', 'member', 'tags', 'nothing', 'blank', 'absent'], attributes)).toEqual([
    'country=DE',
    'age=30',
    'member=true',
    'tags=(none)',
    'nothing=(none)',
    'blank=(none)',
    'absent=(none)',
  ]);
  expect(segmentsOf(['country'], null)).toEqual(['country=(none)']);
});

it('keeps the attribute readable, whatever the value', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const [segment = ''] = segmentsOf(['country'], { country: value });
      expect(attributeOf(segment)).toBe('country');
      expect(segment.length).toBeLessThanOrEqual('country='.length + 64);
      expect(otherSegment(segment)).toBe('country=(other)');
    }),
  );
});

it('does not count what stands for no value of its own', () => {
  expect(['country=(none)', 'country=(other)', 'country=DE'].map(isOwnValue)).toEqual([false, false, true]);
});
