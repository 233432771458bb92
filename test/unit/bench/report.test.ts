import type { Measurement } from '../../../bench/serving/measure';
import { reportLines } from '../../../bench/serving/report';
import { Results } from '../../../bench/serving/results';
import type { Workload } from '../../../bench/serving/workload';

const workload: Workload = { name: 'tabular', title: 'rows', model: null, rowsPerRequest: 1, samples: [] };

function aMeasurement(okPerSecond: number, given: Partial<Measurement> = {}): Measurement {
  const latencies = { p50Ms: 1, p95Ms: 2, p99Ms: 3, loopDelayP99Ms: null, healthP99Ms: null };
  const costs = { cpuUs: 100, databaseUs: null, generatorCpuUs: 20, othersShare: null };
  return { okPerSecond, inTimePerSecond: okPerSecond, ok: 1, answered: 1, failures: {}, ...latencies, ...costs, ...given };
}

const report = (results: Results) => reportLines(results, [workload]).join('\n');

describe('the report', () => {
  it('takes ratios round by round', () => {
    const results = new Results();
    for (const [ours, naive] of [
      [200, 100],
      [20, 10],
      [90, 30],
    ] as const) {
      results.add('tabular', '16 closed', 'ours', aMeasurement(ours));
      results.add('tabular', '16 closed', 'naive', aMeasurement(naive));
    }
    expect(report(results)).toMatch(/ours\/naive +16 closed +2\.00 \(2\.00\.\.3\.00\) +1\.00/);
  });

  it('names what failed, over all rounds', () => {
    const results = new Results();
    results.add('tabular', '16 closed', 'ours', aMeasurement(5, { failures: { OVERLOADED: 2 } }));
    results.add('tabular', '16 closed', 'ours', aMeasurement(5, { failures: { OVERLOADED: 1, 'wrong answer': 4 } }));
    expect(report(results)).toContain('3 OVERLOADED, 4 wrong answer');
  });

  it('shows what is left of the peak under overload', () => {
    const results = new Results();
    results.add('tabular', '1 closed', 'ours', aMeasurement(50));
    results.add('tabular', '16 closed', 'ours', aMeasurement(100));
    results.add('tabular', 'overload 2x', 'ours', aMeasurement(95, { inTimePerSecond: 80 }));
    expect(report(results)).toMatch(/overload 2x +ours +80\.0 +0\.80 +15\.0 /);
  });

  it('leaves out what was not measured', () => {
    const results = new Results();
    results.add('tabular', '16 closed', 'ours', aMeasurement(0, { cpuUs: null, p50Ms: null, p95Ms: null, p99Ms: null }));
    results.add('tabular', '16 closed', 'naive', aMeasurement(0));
    expect(report(results)).not.toMatch(/NaN|Infinity|null|undefined/);
  });
});
