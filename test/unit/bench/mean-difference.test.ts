import { meanDifference } from '../../../bench/experiment-cost/mean-difference';

describe('the mean difference of pairs', () => {
  it('has the standard error of a mean', () => {
    expect(
      meanDifference([
        [3, 1],
        [5, 1],
        [4, 1],
      ]),
    ).toEqual({ mean: 3, standardError: expect.closeTo(Math.sqrt(1 / 3), 12), pairs: 3 });
  });

  it('leaves out pairs that were not measured, and knows no error of a single one', () => {
    expect(
      meanDifference([
        [3, 1],
        [null, 1],
        [2, null],
      ]),
    ).toEqual({ mean: 2, standardError: null, pairs: 1 });
    expect(meanDifference([[null, 1]])).toBeNull();
  });
});
