import { compareArms } from '../../../src/experiments/compare-arms';
import { meanOfSums } from '../../../src/statistics/ratio-of-sums';

/** The minimal standard generator: the same runs on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (48_271 * state) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const [runs, looks, unitsALook] = [300, 30, 100];

describe('compareArms, where nothing differs', () => {
  it.each([
    [0.02, 0.1],
    [0.98, 0.1],
    [0.3, 0.5],
  ])('a share of %d, %d of the units in the treatment: false verdicts at most alpha, over all looks', (share, split) => {
    const random = generator(4_711);
    let wrong = 0;
    for (let run = 0; run < runs; run++) {
      const arms: [[number, number], [number, number]] = [
        [0, 0],
        [0, 0],
      ];
      let isWrong = false;
      for (let look = 0; look < looks && !isWrong; look++) {
        for (let unit = 0; unit < unitsALook; unit++) {
          const arm = arms[random() < split ? 1 : 0] as [number, number];
          arm[0]++;
          arm[1] += Number(random() < share);
        }
        const [control, treatment] = arms.map(([units, sum]) => meanOfSums({ units, sum, sumOfSquares: sum }));
        const comparison = control && treatment && compareArms(control, treatment, { alpha: 0.05, direction: 'higher', leastUnits: 30 });
        isWrong = comparison !== null && comparison !== undefined && comparison.pValue <= 0.05;
      }
      wrong += Number(isWrong);
    }
    expect(wrong / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });
});
