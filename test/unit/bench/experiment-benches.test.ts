import { experimentCostBench } from '../../../bench/experiment-cost/experiment-cost-bench';
import { parseResultsOptions } from '../../../bench/results/options';
import { Progress } from '../../../bench/results/progress';
import { resultsBench } from '../../../bench/results/results-bench';
import { rollBackBench } from '../../../bench/roll-back/roll-back-bench';

describe('the options of the benchmarks of experiments', () => {
  it.each([resultsBench, experimentCostBench, rollBackBench])(
    '$name tells of itself, and starts nothing then',
    ({ name, help, prepare }) => {
      expect(prepare(['--help'])).toBeNull();
      expect(help).toContain(`npm run bench -- ${name}`);
      expect(help).toContain('--json');
      expect(() => prepare(['--frobnicate'])).toThrow(/frobnicate/);
    },
  );

  it('has defaults for the results, and says what is wrong', () => {
    expect(parseResultsOptions([])).toMatchObject({ outcomes: 10_000_000, small: 10_000, batchSize: 2000, keptDir: null });
    expect(() => parseResultsOptions(['--outcomes', '15'])).toThrow(/--outcomes must be a multiple of 10/);
    expect(() => parseResultsOptions(['--reads', '0'])).toThrow(/--reads must be a positive whole number/);
    expect(() => experimentCostBench.prepare(['--connections', '1,x'])).toThrow(/--connections must be a positive whole number/);
    expect(() => rollBackBench.prepare(['--rate', '0'])).toThrow(/--rate must be a positive number/);
  });
});

describe('progress', () => {
  it('tells the rate and the time left, now and then', () => {
    let nowMs = 0;
    const lines: string[] = [];
    const progress = new Progress(
      'large',
      (line) => lines.push(line),
      () => nowMs,
    );
    progress.begin(1000, 100_000);
    nowMs = 1000;
    progress.at(5000);
    nowMs = 10_000;
    progress.at(11_000);
    nowMs = 12_000;
    progress.at(12_000);
    expect(lines).toEqual(['large: 11000 of 100000 events, 1000 a second, 2 minutes left']);
  });
});
