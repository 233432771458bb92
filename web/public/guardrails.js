import { badge, element, number } from './dom.js';
import { metricWords, relative } from './metric-words.js';

const states = {
  CROSSED: ['bad', 'crossed'],
  CLEARED: ['good', 'safe'],
  HOLDING: ['soft', 'no harm seen so far'],
  UNKNOWN: ['soft', 'too few units'],
};
const actions = { STOP: 'crossing it stops the experiment', WARN: 'crossing it warns' };

/** What must not get worse, and by how much it has. */
export function guardrails(experiment, { guardrails: rails, metrics }) {
  if (rails.length === 0) return [];
  const items = rails.map((rail) => element('li', {}, badge(...states[rail.state]), ` ${sentence(experiment, rail, metrics)}`));
  return [element('p', { class: 'soft' }, 'Guardrails'), element('ul', { class: 'plain' }, ...items)];
}

function sentence({ kind, primaryMetric }, rail, metrics) {
  const { metric, variant, action, maxRelativeHarm, state, excessHarm } = rail;
  const words = metricWords(metric);
  const tolerated = maxRelativeHarm === 0 ? 'no harm is tolerated' : `${number(100 * maxRelativeHarm, 2)}% worse is tolerated`;
  const beyond = state === 'CROSSED' && excessHarm ? `, by at least ${words.size(excessHarm.lower)} too much` : '';
  const isUsual = kind === 'ROLLOUT' && metric === primaryMetric ? '; every rollout has this one' : '';
  return `${words.name} of ${variant}${measured(metrics, rail, words)}: ${tolerated}${beyond}; ${actions[action]}${isUsual}.`;
}

/** Relative where it can be, as what is tolerated is. */
function measured(metrics, { metric, variant }, words) {
  const row = metrics.find((one) => one.metric === metric)?.variants.find((one) => one.variant === variant);
  if (row?.relativeLift) {
    const { estimate, lower, upper } = row.relativeLift;
    return ` ${relative(estimate)} (${relative(lower)} to ${relative(upper)})`;
  }
  return row?.absoluteLift ? ` ${words.change(row.absoluteLift.estimate)}` : '';
}
