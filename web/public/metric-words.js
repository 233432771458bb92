import { request } from './connection.js';
import { number, percent } from './dom.js';

/** What serving measures as a share; of metrics of one's own the kind says it. */
const sharesMeasured = ['accuracy', 'error_rate', 'confidence', 'agreement'];
const fromLabels = ['accuracy', 'log_loss', 'brier_score'];
const columns = { PROPORTION: 'Share', QUANTILE: 'Quantile' };
const known = new Map();

/** Metrics never change, so they are asked for only when a new one turns up. */
export async function learnMetrics(keys) {
  if (keys.every((key) => known.has(key))) return;
  const { metrics } = await request('{ metrics { key name kind direction } }');
  for (const metric of metrics) known.set(metric.key, metric);
}

/** How a metric is called and its values are written: shares as percentages, their differences as percentage points, which nobody takes for relative ones. */
export function metricWords(key) {
  const { name = key, kind, direction } = known.get(key) ?? {};
  const isShare = sharesMeasured.includes(key) || kind === 'PROPORTION';
  const [factor, unit] = isShare ? [100, ' pp'] : [1, /_ms$|_ms_/.test(key) ? ' ms' : ''];
  const bare = (value) => signed(factor * value);
  return {
    name,
    column: columns[kind] ?? 'Mean',
    needsLabels: fromLabels.includes(key),
    better: direction === 'LOWER' ? 'lower is better' : 'higher is better',
    value: (value) => (value === null ? '–' : isShare ? percent(value) : `${plain(value)}${unit}`),
    change: (value) => `${bare(value)}${unit}`,
    size: (value) => `${plain(factor * value)}${unit}`,
    range: (lower, upper) => `${bare(lower)} to ${bare(upper)}${unit}`,
  };
}

/** A relative change: "+13.7%". */
export const relative = (share) => `${signed(100 * share)}%`;

function signed(value) {
  const text = plain(Math.abs(value));
  if (text === '0') return text;
  return value > 0 ? `+${text}` : `−${text}`;
}

/** As many digits as tell values of this size apart. */
function plain(value) {
  const size = Math.abs(value);
  return number(value, size >= 100 ? 0 : size >= 1 ? 1 : size >= 0.1 ? 2 : 4);
}
