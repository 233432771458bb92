import { type ExecutionResult, graphql } from 'graphql';
import { buildSchema } from '../../src/graphql/schema';
import { fakeServices } from '../fakes/fake-services';

function anApi() {
  const services = fakeServices();
  const schema = buildSchema(services);
  const contextValue = { signal: new AbortController().signal, arrivedAtMs: 0, actor: 'tester' };
  const ask = (source: string): Promise<ExecutionResult> => graphql({ schema, source, contextValue });
  return { services, ask };
}

const time = '2026-11-22T08:00:00.000Z';

async function dataOf(answer: Promise<ExecutionResult>): Promise<unknown> {
  const { data, errors } = await answer;
  if (errors) throw new Error(JSON.stringify(errors));
  return JSON.parse(JSON.stringify(data));
}

it('results say how healthy they are and how far they have come', async () => {
  const { ask } = anApi();
  const query = `{ experiment(key: "linear-or-cnn") { results {
    health { status problems sampleRatioMismatch { pValue anytimePValue } labelCoverageTest { pValue imbalanced } lastExposureAt lastLabelAt lastOutcomeAt }
    progress { targetRelativeEffect targetPower detectableRelativeEffect power unitsNeeded unitsPerDay daysLeft estimatedEndAt reason } } } }`;
  expect(await dataOf(ask(query))).toEqual({
    experiment: {
      results: {
        health: {
          ...{ status: 'HEALTHY', problems: [], sampleRatioMismatch: { pValue: 0.5, anytimePValue: 1 } },
          ...{ labelCoverageTest: { pValue: 0.5, imbalanced: false }, lastExposureAt: time, lastLabelAt: time, lastOutcomeAt: null },
        },
        progress: {
          ...{ targetRelativeEffect: 0.02, targetPower: 0.8, detectableRelativeEffect: 0.04, power: 0.3, unitsNeeded: 90 },
          ...{ unitsPerDay: 10, daysLeft: 9, estimatedEndAt: time, reason: '90 more units are needed.' },
        },
      },
    },
  });
});

it('experimentExport is CSV of all units unless something else is asked for', async () => {
  const { ask, services } = anApi();
  expect(await dataOf(ask('{ experimentExport(key: "linear-or-cnn") { fileName contentType text } }'))).toEqual({
    experimentExport: { fileName: 'linear-or-cnn.csv', contentType: 'text/csv; charset=utf-8', text: 'experiment\r\n' },
  });
  await dataOf(ask('{ experimentExport(key: "linear-or-cnn", format: JSON, segment: "country=DE") { text } }'));
  expect(services.exports.calls).toEqual([
    ['linear-or-cnn', 'CSV', ''],
    ['linear-or-cnn', 'JSON', 'country=DE'],
  ]);
});

it('offPolicyReport asks for the primary metric unless another one is named', async () => {
  const { ask, services } = anApi();
  const policy = '[{ variant: "linear", weight: 0.2 }, { variant: "cnn", weight: 0.8 }]';
  const fields = `experiment metric asOf units unitsWithoutPropensity sampledOneIn level logged { estimate standardError lower upper } ips { estimate }
    selfNormalised { estimate } doublyRobust { estimate } effectiveSampleSize largestWeight meanWeight warnings`;
  expect(await dataOf(ask(`{ offPolicyReport(experiment: "linear-or-cnn", policy: ${policy}) { ${fields} } }`))).toEqual({
    offPolicyReport: {
      ...{
        experiment: 'linear-or-cnn',
        metric: 'accuracy',
        asOf: time,
        units: 100,
        unitsWithoutPropensity: 1,
        sampledOneIn: 1,
        level: 0.95,
      },
      ...{ logged: { estimate: 0.9, standardError: 0.01, lower: 0.88, upper: 0.92 }, ips: null, selfNormalised: { estimate: 0.9 } },
      ...{ doublyRobust: null, effectiveSampleSize: 50, largestWeight: 2, meanWeight: 1.01, warnings: [] },
    },
  });
  await dataOf(ask(`{ offPolicyReport(experiment: "linear-or-cnn", policy: ${policy}, metric: "latency_ms") { units } }`));
  expect(JSON.parse(JSON.stringify(services.reports.calls))).toEqual(
    [null, 'latency_ms'].map((metric) => ({
      experiment: 'linear-or-cnn',
      policy: [
        { variant: 'linear', weight: 0.2 },
        { variant: 'cnn', weight: 0.8 },
      ],
      metric,
    })),
  );
});

it('interactionReport has the joint assignment and the difference of the differences', async () => {
  const { ask } = anApi();
  const fields = `first second metric totalsOf asOf units sampledOneIn cells { first second units mean } independence { pValue dependent }
    interactions { first second difference { estimate lower upper level } pValue adjustedPValue } warnings`;
  expect(await dataOf(ask(`{ interactionReport(first: "linear-or-cnn", second: "prices", metric: "accuracy") { ${fields} } }`))).toEqual({
    interactionReport: {
      ...{
        first: 'linear-or-cnn',
        second: 'prices',
        metric: 'accuracy',
        totalsOf: 'linear-or-cnn',
        asOf: time,
        units: 40,
        sampledOneIn: 1,
      },
      cells: [{ first: 'linear', second: 'control', units: 40, mean: 0.5 }],
      independence: { pValue: 0.4, dependent: false },
      interactions: [
        {
          ...{ first: 'cnn', second: 'new', pValue: 0.3, adjustedPValue: 0.3 },
          difference: { estimate: 0.1, lower: -0.1, upper: 0.3, level: 0.95 },
        },
      ],
      warnings: [],
    },
  });
});
