import fc from 'fast-check';
import { ratioOf, spreadOf } from '../../../bench/serving/spread';

const figures = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('spread over rounds', () => {
  it('has as many rounds below the median as above', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const spread = spreadOf(values);
        const below = values.filter((value) => value < (spread?.median as number)).length;
        const above = values.filter((value) => value > (spread?.median as number)).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
        expect(spread).toMatchObject({ lowest: Math.min(...values), highest: Math.max(...values) });
      }),
    );
  });

  it('leaves out rounds without a number', () => {
    expect(spreadOf([null, 3, Number.NaN, 1])).toEqual({ median: 2, lowest: 1, highest: 3 });
    expect(spreadOf([null])).toBeNull();
  });
});

describe('ratios over rounds', () => {
  it('do not see what slows both of a round alike', () => {
    fc.assert(
      fc.property(figures, fc.double({ min: 0.1, max: 10, noNaN: true }), (rounds, ratio) => {
        const spread = ratioOf(
          rounds.map((value) => value * ratio),
          rounds,
        );
        for (const value of Object.values(spread ?? { median: Number.NaN })) expect(value).toBeCloseTo(ratio, 6);
      }),
    );
  });

  it('pairs rounds, and leaves out those that lack a side', () => {
    expect(ratioOf([2, null, 9], [1, 1])).toEqual({ median: 2, lowest: 2, highest: 2 });
    expect(ratioOf([2], [0])).toBeNull();
  });
});
