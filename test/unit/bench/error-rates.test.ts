import { Draws } from '../../../bench/error-rates/draws';
import { parseErrorRatesOptions } from '../../../bench/error-rates/options';
import { exceeds, reportLines } from '../../../bench/error-rates/report';
import { settings } from '../../../bench/error-rates/settings';
import { addTally, noRuns, simulateRun, type Tally, unitsAtLooks } from '../../../bench/error-rates/simulate';

const alpha = 0.05;
const indexOf = (name: string) => settings.findIndex((setting) => setting.name === name);

function simulate(name: string, { runs, looks, isDifferent = false }: { runs: number; looks: number; isDifferent?: boolean }): Tally {
  const settingIndex = indexOf(name);
  const setting = settings[settingIndex] as (typeof settings)[number];
  const tally = noRuns();
  const options = { settingIndex, seed: 7, alpha, isDifferent, unitsAtLooks: unitsAtLooks(looks, setting.treatmentShare) };
  for (let run = 0; run < runs; run++) simulateRun(setting, run, options, tally);
  return tally;
}

describe('30 looks at experiments without a difference', () => {
  // Few enough runs for seconds; `npm run bench -- error-rates` does 10,000 of each, and 200 looks.
  it.each([
    ['proportion-50', 150],
    ['proportion-2', 150],
    ['proportion-2-tenth', 40],
    ['lognormal-2', 80],
    ['lognormal-2-tenth', 25],
    ['clustered-ratio', 80],
    ['cuped', 60],
    ['exact-2', 100],
    ['latency-p95', 30],
    ['split', 100],
  ])('%s: called in no more runs than alpha says, and the truth is held in the others', (name, runs) => {
    const tally = simulate(name, { runs, looks: 30 });
    expect(tally.runs).toBe(runs);
    expect(exceeds(tally.called, runs, alpha)).toBe(false);
    expect(exceeds(tally.missed, runs, alpha)).toBe(false);
  });

  it('are called by a fixed-horizon test five times as often as it promises', () => {
    const { fixedCalled, fixedCalledAtEnd } = simulate('proportion-50', { runs: 250, looks: 30 });
    expect(fixedCalled / 250).toBeGreaterThan(0.2);
    expect(fixedCalledAtEnd / 250).toBeLessThan(0.1);
  });
});

describe('a difference that is there', () => {
  it('is called, and its size held', () => {
    const tally = simulate('clustered-ratio', { runs: 40, looks: 30, isDifferent: true });
    expect(tally.called).toBeGreaterThan(35);
    expect(tally.unitsToCall).toHaveLength(tally.called);
    expect(exceeds(tally.missed, tally.runs, alpha)).toBe(false);
  });
});

describe('a simulation', () => {
  it('is the same for the same seed, in one part or in several', () => {
    const settingIndex = indexOf('lognormal-2');
    const setting = settings[settingIndex] as (typeof settings)[number];
    const options = { settingIndex, seed: 3, alpha, isDifferent: true, unitsAtLooks: unitsAtLooks(10, 0.5) };
    const [whole, one, other] = [noRuns(), noRuns(), noRuns()];
    for (let run = 0; run < 8; run++) {
      simulateRun(setting, run, options, whole);
      simulateRun(setting, run, options, run < 3 ? one : other);
    }
    addTally(one, other);
    expect(one).toEqual(whole);
  });

  it('draws what it says', () => {
    const draws = new Draws(1, 2, 3);
    const mean = (draw: () => number) => Array.from({ length: 20_000 }, draw).reduce((sum, value) => sum + value, 0) / 20_000;
    expect(mean(() => draws.uniform())).toBeCloseTo(0.5, 1);
    expect(mean(() => draws.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => draws.binomial(30, 0.1))).toBeCloseTo(3, 0);
    expect(new Draws(1, 2, 3).uniform()).toBe(new Draws(1, 2, 3).uniform());
    expect(new Draws(1, 2, 4).uniform()).not.toBe(new Draws(1, 2, 3).uniform());
  });
});

describe('looks', () => {
  it('come after equally many units, or geometrically spaced when there are many, the first with 30 in the smaller arm', () => {
    expect(unitsAtLooks(3, 0.5)).toEqual([64, 128, 192]);
    expect(unitsAtLooks(30, 0.1)[0]).toBe(320);
    const many = unitsAtLooks(200, 0.5);
    expect([many.length, many[0], many[199]]).toEqual([200, 64, 20_000]);
  });
});

describe('the report', () => {
  it('says which setting breaks the promise', () => {
    const options = parseErrorRatesOptions(['--runs', '100', '--only', 'split', '--looks', '30']);
    if (!options) throw new Error('These are options.');
    const tally = { ...noRuns(), runs: 100 };
    const cell = { setting: 'split', looks: 30, lastUnits: 1_920, same: { ...tally, called: 30 }, different: tally };
    expect(reportLines([cell], options).join('\n')).toContain('split at 30 looks calls differences that are not there');
    expect(reportLines([{ ...cell, same: tally }], options).join('\n')).toContain('No rate of errors is above alpha');
  });
});

describe('its options', () => {
  it('are 10,000 runs of everything at 30 and 200 looks', () => {
    expect(parseErrorRatesOptions([])).toMatchObject({ runs: 10_000, looks: [30, 200], alpha: 0.05, seed: 1, jsonFile: null });
    expect(parseErrorRatesOptions([])?.only).toHaveLength(settings.length);
    expect(parseErrorRatesOptions(['--help'])).toBeNull();
  });

  it.each([
    ['--runs', '0'],
    ['--looks', '3,x'],
    ['--only', 'nothing'],
    ['--alpha', '1'],
  ])('refuse %s %s', (option, value) => {
    expect(() => parseErrorRatesOptions([option, value])).toThrow(option);
  });
});
