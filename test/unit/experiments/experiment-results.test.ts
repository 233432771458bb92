import { experimentResults } from '../../../src/experiments/experiment-results';
import { builtInMetrics, type Metric } from '../../../src/experiments/metric';
import { addSums, type ExperimentSums, type MetricSums, noSums, sumsDelta } from '../../../src/experiments/result-sums';
import { anExperiment } from '../../contract/an-experiment';
import { anArm, experimentSums } from './unit-sums';

const revenue: Metric = {
  key: 'revenue',
  name: 'Revenue',
  description: '',
  kind: 'mean',
  direction: 'higher',
  quantile: null,
  cap: null,
  conversionWindowMs: null,
  maturityMs: 0,
  isBuiltIn: false,
};
const none = { numerator: 0, denominator: 0 };

/** One prediction a unit, `right` of `units` answered rightly. */
function accuracy(units: number, right: number): MetricSums {
  const one = sumsDelta(none, { numerator: 1, denominator: 1 });
  const zero = sumsDelta(none, { numerator: 0, denominator: 1 });
  const times = (sums: MetricSums, n: number) =>
    Object.fromEntries(Object.entries(sums).map(([key, value]) => [key, value * n])) as unknown as MetricSums;
  const [good, bad] = [times(one, right), times(zero, units - right)];
  return Object.fromEntries(
    Object.entries(good).map(([key, value]) => [key, value + (bad as unknown as Record<string, number>)[key]]),
  ) as unknown as MetricSums;
}

function sums(control: [number, number], treatment: [number, number]): ExperimentSums {
  const arm = (variant: string, [units, right]: [number, number]) => ({
    variant,
    exposedUnits: units,
    predictions: units,
    labelledPredictions: units,
    metrics: { accuracy: accuracy(units, right) },
    histograms: {},
    ripeUnits: {},
  });
  return { variants: [arm('control', control), arm('cnn', treatment)], multipleExposures: 0, unmatched: 0 };
}

function results(given: ExperimentSums, more: { minimumDetectableEffect?: number; primaryMetric?: string; draft?: boolean } = {}) {
  const running = anExperiment({ status: more.draft ? 'DRAFT' : 'RUNNING' });
  const analysis = { ...running.analysis, minimumDetectableEffect: more.minimumDetectableEffect ?? null };
  const experiment = { ...running, analysis, primaryMetric: more.primaryMetric ?? 'accuracy', secondaryMetrics: [] };
  return experimentResults({ experiment, metrics: [...builtInMetrics, revenue], sums: given, now: new Date(0), ingestLagMs: 3 });
}

describe('the decision', () => {
  it.each<[string, [number, number], [number, number], string, string | null]>([
    ['ships a treatment that is clearly better', [450, 405], [450, 444], 'SHIP', 'cnn'],
    ['rolls back one that is clearly worse', [450, 444], [450, 405], 'ROLL_BACK', 'control'],
    ['keeps running while zero is inside the interval', [450, 420], [450, 425], 'KEEP_RUNNING', null],
    ['keeps running below 30 units an arm', [29, 2], [29, 29], 'KEEP_RUNNING', null],
    ['keeps running where nothing varies', [450, 450], [450, 450], 'KEEP_RUNNING', null],
    ['trusts nothing when the split is broken', [600, 300], [400, 400], 'DO_NOT_TRUST', null],
    ['keeps running without a unit', [0, 0], [0, 0], 'KEEP_RUNNING', null],
  ])('%s', (_, control, treatment, action, variant) => {
    const { decision } = results(sums(control, treatment));
    expect(decision).toMatchObject({ action, variant, reason: expect.stringMatching(/\.$/) });
  });

  it('sees no difference only when a smallest effect was named and the interval lies inside it', () => {
    const equal = sums([40_000, 36_000], [40_000, 36_010]);
    expect(results(equal).decision.action).toBe('KEEP_RUNNING');
    expect(results(equal, { minimumDetectableEffect: 0.02 }).decision.action).toBe('NO_DIFFERENCE');
  });

  it('says that a draft has not started', () => {
    expect(results(sums([0, 0], [0, 0]), { draft: true }).decision).toMatchObject({
      action: 'KEEP_RUNNING',
      reason: 'The experiment has not started.',
    });
  });
});

describe('the numbers', () => {
  it('are means with intervals, null for the control and below the least units', () => {
    const { metrics, units, health } = results(sums([400, 360], [500, 490]));
    expect(units).toBe(900);
    expect(metrics[0]?.variants).toMatchObject([
      {
        variant: 'control',
        isControl: true,
        units: 400,
        mean: 0.9,
        absoluteLift: null,
        relativeLift: null,
        pValue: null,
        significant: null,
      },
      {
        variant: 'cnn',
        units: 500,
        mean: 0.98,
        absoluteLift: { estimate: expect.closeTo(0.08, 12), level: 0.95 },
        relativeLift: { estimate: expect.closeTo(0.08 / 0.9, 12) },
      },
    ]);
    expect(health.labelCoverage).toMatchObject([{ coverage: 1 }, { coverage: 1 }]);
    expect(results(sums([29, 20], [40, 30])).metrics[0]?.variants[1]?.absoluteLift).toBeNull();
  });

  it('count every exposed unit for a mean, those without an outcome as 0', () => {
    const given = sums([100, 50], [100, 50]);
    const withRevenue = {
      ...given,
      variants: given.variants.map((arm) => ({
        ...arm,
        metrics: { revenue: { ...accuracy(10, 0), numerator: 200, numeratorSquared: 4000 } },
      })),
    };
    expect(results(withRevenue, { primaryMetric: 'revenue' }).metrics[0]?.variants[0]).toMatchObject({ units: 100, mean: 2 });
  });
});

/** The minimal standard generator: the same runs on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (48_271 * state) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

it('ships a difference that is not there less often than alpha, however often one looks', () => {
  const random = generator(20_261_123);
  const [runs, looks, unitsALook] = [300, 20, 40];
  let shipped = 0;
  for (let run = 0; run < runs; run++) {
    const counts: [[number, number], [number, number]] = [
      [0, 0],
      [0, 0],
    ];
    let isShipped = false;
    for (let look = 0; look < looks && !isShipped; look++) {
      for (let unit = 0; unit < unitsALook; unit++) {
        const arm = counts[random() < 0.5 ? 0 : 1] as [number, number];
        arm[0]++;
        arm[1] += Number(random() < 0.9);
      }
      const { action } = results(sums(...counts)).decision;
      isShipped = action === 'SHIP' || action === 'ROLL_BACK';
    }
    shipped += Number(isShipped);
  }
  expect(shipped / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
});

it('ships none of two treatments that are like the control more often than alpha, with several labels a unit', () => {
  const random = generator(7);
  const [runs, looks, unitsALook] = [200, 10, 90];
  const variants = ['control', 'a', 'b'].map((key, index) => ({ key, name: key, version: '1', weight: 1 / 3, isControl: index === 0 }));
  const experiment = { ...anExperiment({ status: 'RUNNING', variants }), secondaryMetrics: [] };
  let decided = 0;
  for (let run = 0; run < runs; run++) {
    const arms = variants.map(({ key }) => ({ key, units: 0, sums: noSums }));
    let isDecided = false;
    for (let look = 0; look < looks && !isDecided; look++) {
      for (let unit = 0; unit < unitsALook; unit++) {
        const arm = arms[Math.floor(3 * random())] as (typeof arms)[number];
        // Units differ in how right the model is about them, so that predictions of one unit are not independent.
        const [labels, share] = [1 + Math.floor(6 * random()), random() < 0.3 ? 0.5 : 0.95];
        const right = Array.from({ length: labels }, () => Number(random() < share)).reduce((sum, one) => sum + one, 0);
        arm.units++;
        arm.sums = addSums(arm.sums, sumsDelta(none, { numerator: right, denominator: labels }));
      }
      const given = experimentSums(...arms.map(({ key, units, sums }) => anArm(key, units, { accuracy: sums })));
      const { action } = experimentResults({ experiment, metrics: builtInMetrics, sums: given, now: new Date(0), ingestLagMs: 0 }).decision;
      isDecided = action === 'SHIP' || action === 'ROLL_BACK';
    }
    decided += Number(isDecided);
  }
  expect(decided / runs).toBeLessThanOrEqual(0.05);
});

it('ships 0.985 against 0.90 with 450 units an arm nearly always', () => {
  const random = generator(11);
  const right = (share: number) => Array.from({ length: 450 }, () => Number(random() < share)).reduce((sum, one) => sum + one, 0);
  const actions = Array.from({ length: 200 }, () => results(sums([450, right(0.9)], [450, right(0.985)])).decision.action);
  expect(actions.filter((action) => action === 'SHIP').length / actions.length).toBeGreaterThan(0.95);
});
