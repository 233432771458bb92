import { classifierDetails } from './classifier.js';
import { request } from './connection.js';
import { element, number, percent } from './dom.js';
import { exportLinks } from './export.js';
import { duration, liftPlot } from './lift-plot.js';
import { LiftSeries } from './lift-series.js';

const listQuery = `{ experiments(first: 20) { nodes { key name status model primaryMetric rollout { step steps { share } }
  variants { key weight } bandit { chancesToBeBest { variant chance } } } } }`;
const resultsQuery = `subscription ($key: String!) { experimentResults(key: $key, intervalMs: 1000) {
  asOf units validity decision { action variant reason } health { status problems } progress { unitsNeeded daysLeft reason } guardrails { metric variant state action maxRelativeHarm }
  metrics { metric role variants { variant isControl units mean absoluteLift { estimate lower upper } contradictions { at } } } } }`;
const tones = { SHIP: 'good', ROLL_BACK: 'bad', DO_NOT_TRUST: 'bad', NO_DIFFERENCE: 'soft', KEEP_RUNNING: 'warn' };
const railTones = { CROSSED: 'bad', CLEARED: 'good', HOLDING: 'soft', UNKNOWN: 'soft' };
const validities = { ANYTIME: 'may be looked at any time', FIXED_HORIZON: 'one look, as planned', BAYESIAN: 'belief under a flat prior' };
const shares = ['accuracy', 'error_rate', 'confidence'];
const healthTones = { WARNING: 'warn', BROKEN: 'bad' };
const relistMs = 3000;

export function showExperiments(subscriptions) {
  const place = document.getElementById('experiments');
  const cards = new Map();
  const relist = async () => {
    const { experiments } = await request(listQuery);
    for (const experiment of experiments.nodes) {
      const card = cards.get(experiment.key) ?? addCard(experiment.key);
      card.title.replaceChildren(
        experiment.name,
        ' ',
        element('span', { class: 'badge soft' }, experiment.status),
        stepOf(experiment),
        weightsOf(experiment),
      );
    }
    place.replaceChildren(
      ...experiments.nodes.map(({ key }) => cards.get(key).article),
      ...(experiments.nodes.length === 0
        ? [element('p', { class: 'soft' }, 'None yet. Create one with the mutation createExperiment; README shows how.')]
        : []),
    );
  };
  const addCard = (key) => {
    const title = element('h3');
    const body = element('div');
    const card = { title, article: element('article', {}, title, body, classifierDetails(key), exportLinks(key)) };
    const series = new LiftSeries(key);
    cards.set(key, card);
    subscriptions.subscribe(resultsQuery, { key }, ({ experimentResults }) => body.replaceChildren(...results(experimentResults, series)));
    return card;
  };
  const loop = () =>
    relist()
      .catch(() => {})
      .finally(() => setTimeout(loop, relistMs));
  loop();
}

/** How far a rollout has come: "step 2 of 4, 5%". */
function stepOf({ rollout }) {
  if (rollout?.step == null) return '';
  const { step, steps } = rollout;
  return element('span', { class: 'soft' }, ` step ${step + 1} of ${steps.length}, ${percent(steps[step].share)}`);
}

/** How a bandit shares its traffic, and how likely each variant is the best: "old 8% (P(best) 2%), new 92% (P(best) 98%)". */
function weightsOf({ bandit, variants }) {
  if (bandit == null) return '';
  const chances = new Map((bandit.chancesToBeBest ?? []).map(({ variant, chance }) => [variant, chance]));
  const shown = variants.map(({ key, weight }) => {
    return chances.has(key) ? `${key} ${percent(weight)} (P(best) ${percent(chances.get(key))})` : `${key} ${percent(weight)}`;
  });
  return element('span', { class: 'soft' }, ` ${shown.join(', ')}`);
}

function results({ asOf, units, validity, decision, health, progress, guardrails, metrics }, series) {
  const primary = metrics.find((metric) => metric.role === 'PRIMARY');
  return [
    element(
      'p',
      {},
      element('span', { class: `badge ${tones[decision.action]}` }, decision.action.replaceAll('_', ' ')),
      ` ${decision.reason}`,
    ),
    element('p', { class: 'soft' }, `${number(units, 0)} units, ${primary.metric}, ${validities[validity]}`),
    ...troubles(health),
    ...(decision.action === 'KEEP_RUNNING' ? wayLeft(units, progress) : []),
    table(primary),
    ...plots(primary, series, Date.parse(asOf)),
    ...rails(guardrails),
  ];
}

function troubles({ status, problems }) {
  return problems.map((problem) => element('p', {}, element('span', { class: `badge ${healthTones[status]}` }, status), ` ${problem}`));
}

/** How much of what it needs has come, and how long the rest takes at the present pace. */
function wayLeft(units, { unitsNeeded, daysLeft, reason }) {
  if (unitsNeeded === null || unitsNeeded === 0) return [];
  const share = units / (units + unitsNeeded);
  const left =
    daysLeft === null
      ? `${number(unitsNeeded, 0)} units to go`
      : `about ${daysLeft <= 1 ? 'a day' : `${number(Math.ceil(daysLeft), 0)} days`} left`;
  return [
    element(
      'p',
      { class: 'soft', title: reason },
      element('progress', { max: 1, value: share, 'aria-label': percent(share, 0) }),
      ` ${left}`,
    ),
  ];
}

function rails(guardrails) {
  if (guardrails.length === 0) return [];
  const badges = guardrails.map(({ metric, variant, state, action, maxRelativeHarm }) =>
    element(
      'span',
      { class: `badge ${railTones[state]}`, title: `${action} when worse by more than ${percent(maxRelativeHarm)}` },
      `${metric} of ${variant}: ${state}`,
    ),
  );
  return [element('p', { class: 'soft' }, 'Guardrails: ', ...badges.flatMap((badge) => [badge, ' ']))];
}

/** One plot a treatment. */
function plots({ metric, variants }, series, asOf) {
  const treatments = variants.filter(({ isControl }) => !isControl);
  return treatments.flatMap((treatment) => {
    const known = series.of(metric, treatment, asOf);
    if (!known || known.points.length < 2) return [];
    const { variant, units, absoluteLift } = treatment;
    const show = shower(metric);
    const isTogether = known.points.some(({ runningLower }) => runningLower !== null);
    const title = `Lift of ${variant} in ${metric} over time`;
    const span = duration(known.points.at(-1).at - known.startedAt);
    const summary = `After ${span} and ${number(units, 0)} units: ${show(absoluteLift.estimate)}, from ${show(absoluteLift.lower)} to ${show(absoluteLift.upper)}.`;
    const bands = isTogether ? 'band: what all looks leave together; pale: each look by itself' : 'band: each look by itself';
    return [
      element(
        'figure',
        {},
        liftPlot({ ...known, title, summary, show }),
        element('figcaption', { class: 'soft' }, `${treatments.length > 1 ? `${variant}: lift` : 'Lift'} over time; ${bands}`),
      ),
    ];
  });
}

const shower = (metric) => (value) => (shares.includes(metric) ? percent(value) : number(value, 3));

function table({ metric, variants }) {
  const show = shower(metric);
  const widest = Math.max(
    1e-9,
    ...variants.flatMap(({ absoluteLift }) => (absoluteLift ? [Math.abs(absoluteLift.lower), Math.abs(absoluteLift.upper)] : [])),
  );
  const head = element('tr', {}, ...['Variant', 'Units', 'Mean', 'Lift', ''].map((name) => element('th', {}, name)));
  const rows = variants.map(({ variant, isControl, units, mean, absoluteLift }) =>
    element(
      'tr',
      {},
      element('td', {}, isControl ? `${variant} (control)` : variant),
      element('td', {}, number(units, 0)),
      element('td', {}, show(mean)),
      element('td', {}, absoluteLift ? `${show(absoluteLift.estimate)} [${show(absoluteLift.lower)}, ${show(absoluteLift.upper)}]` : '–'),
      element('td', {}, absoluteLift ? interval(absoluteLift, widest) : ''),
    ),
  );
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
}

function interval({ estimate, lower, upper }, widest) {
  const x = (value) => 65 + (60 * value) / widest;
  return element(
    'svg:svg',
    { class: 'interval', viewBox: '0 0 130 16', role: 'img', 'aria-label': `from ${lower} to ${upper}` },
    element('svg:line', { x1: 65, x2: 65, y1: 0, y2: 16 }),
    element('svg:rect', { x: x(lower), y: 6, width: Math.max(1, x(upper) - x(lower)), height: 4, rx: 2 }),
    element('svg:rect', { x: x(estimate) - 1, y: 2, width: 2, height: 12 }),
  );
}
