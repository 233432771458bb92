import { covariateBalanceVerdict, multipleExposureVerdict, sampleRatioVerdict } from '../../../src/statistics/health-verdict';

describe('health verdicts', () => {
  it('divide the covariates’ threshold by the number of tests', () => {
    expect(covariateBalanceVerdict([0.0009])).toBe('UNHEALTHY');
    expect(covariateBalanceVerdict([0.0009, 0.5])).toBe('HEALTHY');
    expect(covariateBalanceVerdict([])).toBe('NOT_ENOUGH_TRAFFIC');
  });

  it.each([
    ['a p above 1', () => sampleRatioVerdict({ pValue: 1.1, units: 100, arms: 2 })],
    ['no arms', () => sampleRatioVerdict({ pValue: 1, units: 100, arms: 0 })],
    ['a negative count', () => multipleExposureVerdict({ switched: -1, units: 100 })],
    ['units that are no number', () => multipleExposureVerdict({ switched: 1, units: Number.NaN })],
    ['a p that is no number', () => covariateBalanceVerdict([Number.NaN])],
  ])('refuse %s', (_, attempt) => {
    expect(attempt).toThrow(RangeError);
  });
});
