import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkResults } from '../../../bench/results/check-results';
import { experimentKey, pageTime, revenue } from '../../../bench/results/outcome-stream';
import { Progress } from '../../../bench/results/progress';
import { ResultsRecomputation } from '../../../bench/results/recompute-results';
import { ResultsDatabase } from '../../../bench/results/results-database';
import { MetricCatalog } from '../../../src/experiments/metric-catalog';
import { ResultsService } from '../../../src/experiments/results-service';
import { TypeormExperimentStore } from '../../../src/persistence/typeorm-experiment-store';
import { TypeormLookStore } from '../../../src/persistence/typeorm-look-store';
import { TypeormMetricStore } from '../../../src/persistence/typeorm-metric-store';
import { TypeormPairedSumsStore } from '../../../src/persistence/typeorm-paired-sums-store';
import { TypeormResultSumsStore } from '../../../src/persistence/typeorm-result-sums-store';
import { FakeLogger } from '../../fakes/fake-logger';

const options = { outcomes: 6000, seed: 3, batchSize: 700 };
const metrics = [revenue, pageTime];

describe('results against a recomputation from the rows of outcomes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-recomputation-'));
  let database: ResultsDatabase;

  beforeAll(async () => {
    database = await ResultsDatabase.open(folder, new FakeLogger());
  }, 60_000);
  afterAll(async () => {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function check() {
    const { dataSource, patient } = database;
    const experiments = new TypeormExperimentStore(dataSource);
    const service = new ResultsService({
      experiments,
      metrics: new MetricCatalog(new TypeormMetricStore(dataSource)),
      sums: new TypeormResultSumsStore(dataSource, () => 0),
      pairs: new TypeormPairedSumsStore(dataSource),
      looks: new TypeormLookStore(dataSource),
      catalog: { classLabels: () => null },
      now: () => new Date(),
    });
    const recomputation = await ResultsRecomputation.begin(patient, experimentKey, metrics);
    try {
      return await checkResults({ service, experiments, metrics, key: experimentKey }, recomputation);
    } finally {
      await recomputation.end();
    }
  }

  it('has each event once, also when the ingestion is asked for again', async () => {
    const quiet = new Progress(
      '',
      () => {},
      () => 0,
    );
    const logger = new FakeLogger();
    expect(await database.ingest(options, quiet, logger)).toMatchObject({ events: 6600 });
    expect(await database.ingest(options, quiet, logger)).toMatchObject({ events: 0 });
    const [rows] = await database.dataSource.query(
      'SELECT (SELECT count(*)::int FROM outcome) AS outcomes, (SELECT count(*)::int FROM prediction) AS predictions',
    );
    expect(rows).toEqual({ outcomes: 6000, predictions: 600 });
  }, 60_000);

  it('finds the same counts, and the same estimates to nine digits, of all units and of each segment', async () => {
    const { readings, countsAreEqual, ofEstimates, ofResults } = await check();
    expect({ readings, countsAreEqual }).toEqual({ readings: 7, countsAreEqual: true });
    expect(ofEstimates.share).toBeLessThan(1e-9);
    expect(ofResults.share).toBeLessThan(1e-9);
  });

  it('notices one sum of one period that is wrong by a millionth, and a count that is wrong by one', async () => {
    const one = `ctid = (SELECT ctid FROM variant_sums WHERE metric = 'page_time' AND segment = 'country=DE' LIMIT 1)`;
    await database.dataSource.query(`UPDATE variant_sums SET numerator = numerator * 1.000001 WHERE ${one}`);
    const wrongSum = await check();
    expect(wrongSum.countsAreEqual).toBe(true);
    expect(wrongSum.ofEstimates.share).toBeGreaterThan(1e-9);
    expect(wrongSum.ofResults.share).toBeGreaterThan(1e-9);
    await database.dataSource.query(`UPDATE variant_sums SET units = units + 1 WHERE ${one}`);
    expect((await check()).countsAreEqual).toBe(false);
  });
});
