import fc from 'fast-check';
import { covariateProducts, covariateSumsOf } from '../../../src/experiments/covariate-sums';
import { type Experiment, noCuped } from '../../../src/experiments/experiment';
import { experimentResults, type ResultsInput } from '../../../src/experiments/experiment-results';
import { builtInMetrics } from '../../../src/experiments/metric';
import type { PairedArm } from '../../../src/experiments/paired-sums';
import { addSums, noSums, noTotals, sumsDelta, type VariantSums } from '../../../src/experiments/result-sums';
import { covariateDelta } from '../../../src/experiments/unit-state';
import { sequentialCriticalValue } from '../../../src/statistics/asymptotic-confidence-sequence';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { normalQuantile } from '../../../src/statistics/normal-distribution';
import { anExperiment } from '../../contract/an-experiment';
import { normalDraws } from '../statistics/normal-draws';
import { minstd } from '../statistics/reference-numbers';
import { aBandit, phasedSums, type RightOf, revenueMetric } from './a-bandit';
import { accuracySums, anArm, experimentSums } from './unit-sums';

const analysis = { ...noCuped, method: 'ALWAYS_VALID', alpha: 0.05, minimumDetectableEffect: 0.02, nonInferiorityMargin: null } as const;
const now = new Date('2026-03-12T00:00:00Z');

function resultsOf(experiment: Experiment, input: Pick<ResultsInput, 'sums' | 'pairs'>) {
  return experimentResults({ experiment, metrics: [...builtInMetrics, revenueMetric], ...input, now, ingestLagMs: 0 });
}

/** The relative standard error that a change is detectable with, from the formula turned round. */
function relativeErrorOf(detectable: number | null, sampleSize: number, alpha = 0.05): number {
  const effect = detectable ?? Number.NaN;
  const distance = sequentialCriticalValue({ sampleSize, alpha, tuningSampleSize: 5000 }) + normalQuantile(0.8);
  return effect / distance / Math.sqrt((1 + (1 + effect) ** 2) / 2);
}

/** How many units had both right, only the control, only the treatment, and neither. */
type Table = readonly [both: number, control: number, treatment: number, neither: number];
const sizeOf = (table: Table) => table.reduce((sum, units) => sum + units, 0);
const times = (table: Table, factor: number) => table.map((units) => factor * units) as unknown as Table;

function paired(variant: string, table: Table): PairedArm {
  const values = [
    [1, 1, 1],
    [1, 1, 0],
    [1, 0, 1],
    [1, 0, 0],
  ];
  const units = table.flatMap((count, cell) => Array.from({ length: count }, () => values[cell] as number[]));
  const moments = MomentMatrix.of(units);
  return { variant, moments: { accuracy: moments, confidence: moments }, counts: { correct: [], class: [], confidence: [] } };
}

/** Each treatment by its table, on units of the control that all of them share. */
function shadow(tables: readonly Table[], more: Partial<Experiment> = {}) {
  const variants = ['control', 'cnn', 'other'].slice(0, 1 + tables.length).map((key, index) => {
    return { key, name: key, version: `${index}`, weight: Number(index === 0), isControl: index === 0 };
  });
  const running = anExperiment({ status: 'RUNNING', kind: 'SHADOW', guardrails: [], secondaryMetrics: [], segments: [] });
  const experiment = { ...running, variants, analysis, ...more } as Experiment;
  const units = Math.max(...tables.map(sizeOf));
  const sums = experimentSums(anArm('control', units, { accuracy: accuracySums(units, Math.round(units / 2)) }));
  const pairs = tables.map((table, index) => paired(variants[index + 1]?.key as string, table));
  return resultsOf(experiment, { sums, pairs }).progress;
}

function split([control, treatment]: readonly [RightOf, RightOf]) {
  const sums = experimentSums(
    anArm('control', control[0], { accuracy: accuracySums(...control) }),
    anArm('cnn', treatment[0], { accuracy: accuracySums(...treatment) }),
  );
  return resultsOf({ ...anExperiment({ status: 'RUNNING' }), analysis } as Experiment, { sums }).progress;
}

const cell = fc.integer({ min: 10, max: 60 });
const aTable = fc.tuple(cell, cell, cell, cell);

describe('the progress of a shadow', () => {
  it('goes by the standard error of the paired difference over units', () => {
    fc.assert(
      fc.property(aTable, (table) => {
        const [both, control, treatment] = table;
        const units = sizeOf(table);
        const variance = (control + treatment - (treatment - control) ** 2 / units) / (units - 1);
        const expected = Math.sqrt(variance / units) / ((both + control) / units);
        const { detectableRelativeEffect } = shadow([table]);
        if (detectableRelativeEffect === null) return;
        expect(relativeErrorOf(detectableRelativeEffect, units) / expected).toBeCloseTo(1, 8);
      }),
      { numRuns: 50 },
    );
  });

  it('has more power and fewer units to wait for with more units', () => {
    fc.assert(
      fc.property(aTable, fc.integer({ min: 2, max: 5 }), (table, factor) => {
        const [few, many] = [shadow([table]), shadow([times(table, factor)])];
        expect(many.power as number).toBeGreaterThan(few.power as number);
        expect(many.unitsNeeded as number).toBeLessThan(few.unitsNeeded as number);
      }),
      { numRuns: 30 },
    );
  });

  it('has power 0.8 after the units that it says are needed', () => {
    const wide = { ...analysis, minimumDetectableEffect: 0.2 };
    fc.assert(
      fc.property(aTable, (table) => {
        const { unitsNeeded, power } = shadow([table], { analysis: wide });
        if (unitsNeeded === 0 || unitsNeeded === null) return;
        expect(power as number).toBeLessThan(0.8);
        const later = shadow([times(table, Math.ceil(1 + unitsNeeded / sizeOf(table)))], { analysis: wide });
        expect(later.power as number).toBeGreaterThan(0.8 - 0.001);
      }),
      { numRuns: 30 },
    );
  });

  it('needs no more units than a split of the same ones, whose standard error is larger', () => {
    fc.assert(
      fc.property(aTable, (half) => {
        const [both, control, treatment] = half;
        const units = sizeOf(half);
        const apart = split([
          [units, both + control],
          [units, both + treatment],
        ]);
        const together = shadow([times(half, 2)]);
        expect(together.power as number).toBeGreaterThanOrEqual(apart.power as number);
        expect(together.unitsNeeded as number).toBeLessThanOrEqual(apart.unitsNeeded as number);
      }),
      { numRuns: 50 },
    );
  });

  it('is that of the treatment with furthest to go, at its share of alpha', () => {
    const [near, far]: [Table, Table] = [
      [900, 5, 10, 85],
      [600, 200, 180, 20],
    ];
    const { power, detectableRelativeEffect } = shadow([near, far]);
    expect(power as number).toBeLessThan(shadow([near]).power as number);
    const expected = Math.sqrt((380 - 20 ** 2 / 1000) / 999 / 1000) / 0.8;
    expect(relativeErrorOf(detectableRelativeEffect, 1000, 0.025)).toBeCloseTo(expected, 10);
  });

  it('goes to the planned look of a fixed horizon by units with pairs, as the verdict does', () => {
    const table: Table = [500, 50, 70, 380];
    const fixed = { ...analysis, method: 'FIXED_HORIZON', plannedUnitsPerVariant: 3000 } as const;
    expect(shadow([table], { analysis: fixed })).toMatchObject({
      unitsNeeded: 2000,
      reason: expect.stringMatching(/^At the planned look/),
    });
    const there = shadow([times(table, 3)], { analysis: fixed });
    expect(there.unitsNeeded).toBe(0);
    expect(there.power).toBeCloseTo(shadow([table], { analysis: fixed }).power as number, 2);
  });

  it.each<[string, readonly Table[], Partial<Experiment>, RegExp]>([
    [
      'few pairs',
      [[20, 3, 3, 3]],
      {},
      /^Each variant needs at least 30 units with a label that both versions answered before it can be said/,
    ],
    [
      'one treatment without pairs',
      [
        [20, 3, 3, 3],
        [500, 50, 70, 380],
      ],
      {},
      /^Each variant needs at least 30 units with a label/,
    ],
    ['a control that is never right', [[0, 0, 50, 50]], {}, /of the control is 0/],
    [
      'a metric of which no pair came',
      [[500, 50, 70, 380]],
      { primaryMetric: 'latency_ms' },
      /at least 30 units that both versions answered/,
    ],
  ])('says why it cannot be said: %s', (_, tables, more, reason) => {
    expect(shadow(tables, more)).toMatchObject({ power: null, unitsNeeded: null, reason: expect.stringMatching(reason) });
  });

  it('says that nothing can be told of versions that never differed in a value', () => {
    expect(shadow([[900, 0, 0, 100]], { primaryMetric: 'confidence' })).toMatchObject({
      power: null,
      reason: 'Confidence does not differ between the versions yet.',
    });
  });

  it('says of versions that never differed in a share what that leaves possible', () => {
    const { power, detectableRelativeEffect } = shadow([[900, 0, 0, 100]]);
    expect(power as number).toBeGreaterThan(0.5);
    expect(detectableRelativeEffect as number).toBeGreaterThan(0);
  });
});

describe('the progress of an adjusted experiment', () => {
  const normal = normalDraws(minstd(11));
  /** A covariate that knows `share` of the variance. */
  const armOf = (variant: string, units: number, share: number): VariantSums => {
    const states = Array.from({ length: units }, () => {
      const known = normal();
      const numerator = 10 + 2 * (Math.sqrt(share) * known + Math.sqrt(1 - share) * normal());
      return { totals: { numerator, denominator: 1 }, covariate: { numerator: 8 + 2 * known, denominator: 1 } };
    });
    const own = states.reduce((sums, { totals }) => addSums(sums, sumsDelta(noTotals, totals)), noSums);
    const deltas = states.map((state) => covariateDelta({ totals: noTotals, covariate: null }, state, null));
    const covariates = covariateSumsOf(covariateProducts.map((_, at) => deltas.reduce((sum, delta) => sum + (delta[at] as number), 0)));
    return { ...anArm(variant, units, { revenue: own }), covariates: { revenue: covariates } };
  };
  const read = (sums: readonly VariantSums[], cuped: boolean) => {
    const plan = { primaryMetric: 'revenue', secondaryMetrics: [], guardrails: [], analysis: { ...analysis, cuped } };
    return resultsOf({ ...anExperiment({ status: 'RUNNING' }), ...plan } as Experiment, { sums: experimentSums(...sums) });
  };

  it('goes by what the adjustment leaves of the variance, and needs no more units where it leaves less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 300 }), fc.double({ min: 0, max: 0.95, noNaN: true }), (units, share) => {
        const sums = [armOf('control', units, share), armOf('cnn', units, share)];
        const [plain, adjusted] = [read(sums, false), read(sums, true)];
        const removed = adjusted.metrics[0]?.cuped?.varianceRemoved as number;
        const [before, after] = [plain, adjusted].map(({ progress }) => relativeErrorOf(progress.detectableRelativeEffect, 2 * units));
        expect((after as number) / (before as number)).toBeCloseTo(Math.sqrt(1 - removed), 8);
        if (removed < 0) return;
        expect(adjusted.progress.power as number).toBeGreaterThanOrEqual(plain.progress.power as number);
        expect(adjusted.progress.unitsNeeded as number).toBeLessThanOrEqual(plain.progress.unitsNeeded as number);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the progress of a bandit', () => {
  const read = (phases: readonly (readonly RightOf[])[]) => {
    const weights = phases.map(() => [0.5, 0.5]);
    return resultsOf({ ...aBandit(weights), analysis } as Experiment, { sums: phasedSums(phases) }).progress;
  };
  const units = fc.integer({ min: 100, max: 2000 });
  const aPhase = fc.tuple(units, units).map(([control, cnn]): [RightOf, RightOf] => [
    [control, Math.round(0.6 * control)],
    [cnn, Math.round(0.7 * cnn)],
  ]);

  it('is that of an A/B test where the weights never changed', () => {
    fc.assert(
      fc.property(aPhase, (phase) => {
        const [bandit, apart] = [read([phase]), split(phase)];
        expect(bandit.power).toBeCloseTo(apart.power as number, 9);
        expect(bandit.unitsNeeded).toBe(apart.unitsNeeded);
      }),
      { numRuns: 25 },
    );
  });

  it('goes by the average over phases', () => {
    // Two equal phases of equal arms: half of the variance of each, and the mean of both.
    const one: [RightOf, RightOf] = [
      [1000, 400],
      [1000, 400],
    ];
    const two: [RightOf, RightOf] = [
      [1000, 800],
      [1000, 800],
    ];
    const { detectableRelativeEffect } = read([one, two]);
    const standardError = Math.sqrt(((0.4 * 0.6 + 0.8 * 0.2) / 4 / 999) * 2);
    expect(relativeErrorOf(detectableRelativeEffect, 4000)).toBeCloseTo(standardError / 0.6, 9);
  });

  it('does not go by units that do not count yet, and says how many do', () => {
    fc.assert(
      fc.property(aPhase, fc.integer({ min: 1, max: 29 }), fc.integer({ min: 1, max: 1000 }), (phase, few, many) => {
        const [before, after] = [
          read([phase]),
          read([
            phase,
            [
              [few, few],
              [many, 0],
            ],
          ]),
        ];
        expect([after.power, after.unitsNeeded, after.detectableRelativeEffect]).toEqual([
          before.power,
          before.unitsNeeded,
          before.detectableRelativeEffect,
        ]);
        const counted = phase[0][0] + phase[1][0];
        const [of, all] = [counted, counted + few + many].map((count) => count.toLocaleString('en-US'));
        expect(after.reason).toContain(`With the ${of} of ${all} units that count a change of 2% is found`);
        expect(before.reason).toContain('With the units of now');
      }),
      { numRuns: 25 },
    );
  });

  it('has more power with another phase that counts', () => {
    fc.assert(
      fc.property(aPhase, (phase) => {
        expect(read([phase, phase]).power as number).toBeGreaterThan(read([phase]).power as number);
      }),
      { numRuns: 25 },
    );
  });

  it('cannot be said while no phase counts', () => {
    const short: [RightOf, RightOf] = [
      [20, 10],
      [80, 40],
    ];
    expect(read([short, short])).toMatchObject({
      power: null,
      reason: expect.stringMatching(/^Each variant needs at least 30 units with a label in one phase before it can be said/),
    });
  });
});
