import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';

const folder = join(__dirname, '../../../web/public');

/** What a module of the page makes of `given`: in a process of its own, which loads it as a browser does. */
function inPage<T>(code: string, given: unknown): T {
  const script = `const given = ${JSON.stringify(given)};\n${code}`;
  const text = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
  return JSON.parse(text) as T;
}

describe('the ticks of a plot', () => {
  const size = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  const ranges = fc.sample(fc.tuple(size, size), 200).map(([below, above]) => [-below, above] as const);
  const ticks = inPage<number[][]>(
    `import { ticks } from './plot-scale.js'; console.log(JSON.stringify(given.map(([lowest, highest]) => ticks(lowest, highest))));`,
    ranges,
  );

  it.each([
    [
      'lie in the range',
      (marks: number[], [lowest, highest]: readonly [number, number]) => marks.every((mark) => mark >= lowest && mark <= highest),
    ],
    ['have zero among them', (marks: number[]) => marks.some((mark) => mark === 0)],
    ['are two to six', (marks: number[]) => marks.length >= 2 && marks.length <= 6],
    [
      'are equally far apart, by 1, 2 or 5 times a power of ten',
      (marks: number[]) => {
        const steps = marks.slice(1).map((mark, index) => mark - (marks[index] as number));
        return steps.every(
          (step) => ['1', '2', '5'].includes(step.toExponential(6)[0] as string) && Math.abs(step / (steps[0] as number) - 1) < 1e-9,
        );
      },
    ],
  ])('%s', (_law, holds) => {
    const wrong = ticks.flatMap((marks, index) =>
      holds(marks, ranges[index] as readonly [number, number]) ? [] : [{ marks, range: ranges[index] }],
    );
    expect(wrong).toEqual([]);
  });
});

it('labels that are wanted at one place stand one below the other, above the floor', () => {
  const wanted = fc
    .sample(fc.array(fc.double({ min: 13, max: 130, noNaN: true }), { minLength: 3, maxLength: 3 }), 200)
    .map((places) => places.sort((a, b) => a - b));
  const placed = inPage<number[][]>(
    `import { spread } from './plot-scale.js'; console.log(JSON.stringify(given.map((places) => spread(places, 13, 130))));`,
    wanted,
  );
  for (const places of placed) {
    const gaps = places.slice(1).map((place, index) => place - (places[index] as number));
    expect(Math.min(...gaps)).toBeGreaterThan(13 - 1e-9);
    expect(Math.max(...places)).toBeLessThanOrEqual(130);
  }
  const free = [20, 60, 100];
  expect(inPage(`import { spread } from './plot-scale.js'; console.log(JSON.stringify(spread(given, 13, 130)));`, free)).toEqual(free);
});

it('a difference of shares is in percentage points, beside the relative one; of other metrics in their unit', () => {
  const code = `import { metricWords, relative } from './metric-words.js';
    const [accuracy, latency, clicks] = given.map(metricWords);
    console.log(JSON.stringify([
      accuracy.value(0.995), accuracy.change(0.12), relative(0.137), accuracy.range(-0.0096, 0.191), accuracy.change(0), accuracy.value(null),
      latency.value(7.74), latency.change(-2.31), latency.range(-1.6, 150.4), latency.size(0.25), clicks.change(0.0231), clicks.change(12345.6),
    ]));`;
  expect(inPage(code, ['accuracy', 'latency_ms', 'clicks'])).toEqual([
    '99.5%',
    '+12 pp',
    '+13.7%',
    '−0.96 to +19.1 pp',
    '0 pp',
    '–',
    '7.7 ms',
    '−2.3 ms',
    '−1.6 to +150 ms',
    '0.25 ms',
    '+0.0231',
    '+12,346',
  ]);
});
