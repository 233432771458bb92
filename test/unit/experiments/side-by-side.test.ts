import fc from 'fast-check';
import { obstacleTo } from '../../../src/experiments/side-by-side';
import { anExperiment } from '../../contract/an-experiment';

const place = (key: string, start: number, end: number, id = 'pricing') =>
  anExperiment({ key, status: 'RUNNING', namespaces: [{ id, start, end }] });

it('is in the way of an experiment on the same model that may meet its units', () => {
  const whole = anExperiment({ key: 'whole', status: 'PAUSED' });
  expect(obstacleTo(place('a', 0, 0.5), [whole])).toMatch(/"whole" on model "digits" is PAUSED, and both would decide for the same units/);
  expect(obstacleTo(whole, [place('a', 0, 0.5)])).not.toBeNull();
  expect(obstacleTo(place('a', 0, 0.5), [place('b', 0, 0.5, 'another')])).not.toBeNull();
  expect(obstacleTo(place('a', 0, 0.5), [place('b', 0.4, 1)])).toMatch(/its part of namespace "pricing", 0\.4 to 1, overlaps 0 to 0\.5\./);
});

it('tells units apart by the same attribute, or parts of a namespace do not keep them apart', () => {
  const company = { ...place('company', 0.5, 1), hashAttribute: 'company' };
  expect(obstacleTo(place('a', 0, 0.5), [company])).toMatch(
    /it tells units apart by "company", not by the unitId, so that parts of namespace "pricing" do not keep them apart/,
  );
  expect(obstacleTo({ ...company, key: 'b', namespaces: place('b', 0, 0.5).namespaces }, [company])).toBeNull();
});

it('needs one namespace of several to keep two apart', () => {
  const [x, y] = [place('a', 0, 0.5, 'x'), place('b', 0.2, 0.7, 'y')];
  const both = anExperiment({ key: 'both', status: 'RUNNING', namespaces: [...x.namespaces, ...y.namespaces] });
  expect(obstacleTo(both, [place('c', 0.5, 1, 'x')])).toBeNull();
  expect(obstacleTo(both, [place('c', 0, 0.2, 'y')])).toBeNull();
  expect(obstacleTo(both, [place('c', 0.4, 1, 'x')])).toMatch(/namespace "x", 0\.4 to 1, overlaps 0 to 0\.5/);
  expect(obstacleTo(both, [place('c', 0, 1, 'z')])).toMatch(/both would decide for the same units/);
});

it.each([
  ['over', anExperiment({ key: 'b', status: 'STOPPED' })],
  ['a draft', anExperiment({ key: 'b' })],
  ['itself', anExperiment({ key: 'a', status: 'PAUSED' })],
  ['on another model', anExperiment({ key: 'b', model: 'other', status: 'RUNNING' })],
  ['in a part beside it', place('b', 0.5, 1)],
])('is not in the way when it is %s', (_, other) => {
  expect(obstacleTo(place('a', 0, 0.5), [other])).toBeNull();
});

it('is in the way exactly where two parts overlap, whichever comes first', () => {
  const part = fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 20 })).map(([start, length]) => [start / 40, (start + length) / 40] as const);
  fc.assert(
    fc.property(part, part, ([a, b], [c, d]) => {
      const overlaps = [...Array(40).keys()].some((step) => step / 40 >= a && step / 40 < b && step / 40 >= c && step / 40 < d);
      const [one, two] = [place('one', a, b), place('two', c, d)];
      expect(obstacleTo(one, [two]) !== null).toBe(overlaps);
      expect(obstacleTo(two, [one]) !== null).toBe(overlaps);
    }),
  );
});
