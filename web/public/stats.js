import { element, fill, number, percent, table } from './dom.js';

const query = `subscription { servingStats(intervalMs: 1000) {
  totalRequests successRate requestsPerSecond avgInferenceMs p50Ms p95Ms p99Ms avgBatchSize queueDepth uptimeMs
  stages { stage p50Ms p95Ms p99Ms } } }`;
const keptSeconds = 300;

const tiles = [
  ['Requests', (stats) => number(stats.totalRequests, 0)],
  ['Success', (stats) => percent(stats.totalRequests === 0 ? null : stats.successRate)],
  ['Per second', (stats) => number(stats.requestsPerSecond)],
  ['p50', (stats) => milliseconds(stats.p50Ms)],
  ['p95', (stats) => milliseconds(stats.p95Ms)],
  ['p99', (stats) => milliseconds(stats.p99Ms)],
  ['Batch', (stats) => number(stats.avgBatchSize)],
  ['Waiting', (stats) => number(stats.queueDepth, 0)],
];

const milliseconds = (value) => (value === null ? '–' : `${number(value)} ms`);

export function showStats(subscriptions) {
  const list = document.getElementById('stats');
  const rates = [];
  subscriptions.subscribe(query, {}, ({ servingStats }) => {
    list.replaceChildren(
      ...tiles.map(([name, text]) => element('div', {}, element('dt', {}, name), element('dd', {}, text(servingStats)))),
    );
    showStages(servingStats.stages);
    rates.push(servingStats.requestsPerSecond);
    if (rates.length > keptSeconds) rates.shift();
    drawRates(rates);
  });
}

/** Where the time goes: every number is read from the histograms of all replicas together. */
function showStages(stages) {
  const rows = stages.map(({ stage, p50Ms, p95Ms, p99Ms }) => [stage, ...[p50Ms, p95Ms, p99Ms].map(milliseconds)]);
  fill(document.getElementById('stages'), [table('Time of each stage of a prediction', ['Stage', 'p50', 'p95', 'p99'], rows)]);
}

function drawRates(rates) {
  const highest = Math.max(1, ...rates);
  const points = rates.map((rate, i) => `${600 - (rates.length - 1 - i) * (600 / keptSeconds)},${78 - (74 * rate) / highest}`);
  document.getElementById('rate').replaceChildren(element('svg:path', { d: `M${points.join('L')}` }));
  document.getElementById('rate-peak').textContent = `peak ${number(Math.max(...rates))}`;
}
