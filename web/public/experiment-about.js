import { badge, element, percent } from './dom.js';
import { metricWords } from './metric-words.js';

const kinds = { AB: 'A/B test', SHADOW: 'Shadow', ROLLOUT: 'Rollout', BANDIT: 'Bandit' };
const states = { DRAFT: ['soft', 'NOT STARTED'], RUNNING: ['soft', 'RUNNING'], PAUSED: ['warn', 'PAUSED'], STOPPED: ['soft', 'STOPPED'] };

/** What stays to be read when the rest is folded up. */
export function heading({ name, status, shippedVariant, rollout }) {
  const shipped = shippedVariant === null ? [] : [' ', badge('good', `shipped: ${shippedVariant}`)];
  return [name, ' ', badge(...states[status]), ...shipped, ...stepOf(rollout)];
}

/** How far a rollout has come: "step 2 of 4, 5%". */
function stepOf(rollout) {
  if (rollout?.step == null) return [];
  const { step, steps } = rollout;
  return [element('span', { class: 'soft' }, ` step ${step + 1} of ${steps.length}, ${percent(steps[step].share)}`)];
}

/** What is compared, and what is expected of it. */
export function about({ key, kind, model, status, hypothesis, variants, primaryMetric }) {
  const ofDraft = status === 'DRAFT' ? ` It will be decided by ${metricWords(primaryMetric).name.toLowerCase()}.` : '';
  const hasWeights = kind === 'AB' || (kind === 'BANDIT' && status === 'DRAFT');
  const arms = variants.map((variant) => describe(variant, hasWeights)).join('; ');
  return [
    element(
      'p',
      { class: 'soft' },
      `${kinds[kind]} `,
      element('code', {}, key),
      ' on ',
      element('code', {}, model),
      `: ${arms}.${ofDraft}`,
    ),
    ...(hypothesis === null ? [] : [element('p', {}, `Hypothesis: ${hypothesis}`)]),
  ];
}

/** The weights of a bandit that has begun are a column, those of a shadow and a rollout say nothing more. */
function describe({ key, name, version, weight, isControl }, hasWeights) {
  const named = name === key ? key : `${key} “${name}”`;
  const facts = [`version ${version}`, ...(isControl ? ['control'] : []), ...(hasWeights ? [percent(weight, weight < 0.1 ? 1 : 0)] : [])];
  return `${named} (${facts.join(', ')})`;
}
