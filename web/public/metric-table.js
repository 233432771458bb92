import { element, number, percent, table } from './dom.js';
import { metricWords, relative } from './metric-words.js';

const covariates = { PRE_EXPOSURE: 'what the same units did before', CONTROL_SCORE: 'what the control would have got right' };

/** One metric by variant; of a bandit's primary one also how it shares its traffic. */
export function metricTable({ kind, variants: arms, bandit }, { metric, role, cuped, variants }) {
  const words = metricWords(metric);
  const isBandit = kind === 'BANDIT' && role === 'PRIMARY';
  const widest = widestOf(variants);
  const rows = variants.map((row) => [
    row.isControl ? `${row.variant} (control)` : row.variant,
    number(row.units, 0),
    ...(isBandit ? standing(arms, bandit, row.variant) : []),
    meanOf(row, words),
    row.isControl ? '–' : differenceOf(row, words, widest),
  ]);
  const columns = ['Variant', 'Units', ...(isBandit ? ['Weight', 'Chance to be best'] : []), words.column, 'Difference from control'];
  const caption = [element('strong', {}, words.name), `, ${words.better}`, ...adjustment(cuped)];
  return element('div', { class: 'wide' }, table(caption, columns, rows));
}

function standing(arms, bandit, variant) {
  const weight = arms.find(({ key }) => key === variant)?.weight ?? null;
  const chance = bandit?.chancesToBeBest?.find((one) => one.variant === variant)?.chance ?? null;
  return [percent(weight), percent(chance)];
}

function meanOf({ mean, adjustedMean }, words) {
  if (adjustedMean === null) return words.value(mean);
  return [words.value(mean), element('small', { class: 'soft' }, `adjusted ${words.value(adjustedMean)}`)];
}

function differenceOf({ absoluteLift, relativeLift }, words, widest) {
  if (!absoluteLift) return '–';
  const { estimate, lower, upper } = absoluteLift;
  const share = relativeLift ? ` (${relative(relativeLift.estimate)})` : '';
  return [
    `${words.change(estimate)}${share}`,
    element('small', { class: 'soft' }, words.range(lower, upper)),
    intervalBar(absoluteLift, widest),
  ];
}

/** Whether the differences are adjusted, and what it brought. */
function adjustment(cuped) {
  if (!cuped) return [];
  const { applied, covariate, varianceRemoved, reason } = cuped;
  if (!applied) return [element('small', {}, `Not adjusted. ${reason ?? ''}`)];
  const less = varianceRemoved === null ? '' : `: ${percent(varianceRemoved)} of the variance is gone`;
  return [element('small', {}, `Differences are adjusted by ${covariates[covariate] ?? 'what is known of the units'}${less}.`)];
}

function widestOf(variants) {
  const ends = variants.flatMap(({ absoluteLift }) =>
    absoluteLift ? [absoluteLift.lower, absoluteLift.upper, absoluteLift.estimate] : [],
  );
  return Math.max(1e-9, ...ends.map(Math.abs));
}

/** What the text beside it says, to the eye. */
function intervalBar({ estimate, lower, upper }, widest) {
  const x = (value) => 65 + (60 * value) / widest;
  return element(
    'svg:svg',
    { class: 'interval', viewBox: '0 0 130 16', 'aria-hidden': 'true' },
    element('svg:line', { x1: 65, x2: 65, y1: 0, y2: 16 }),
    element('svg:rect', { x: x(lower), y: 6, width: Math.max(1, x(upper) - x(lower)), height: 4, rx: 2 }),
    element('svg:rect', { x: x(estimate) - 1, y: 2, width: 2, height: 12 }),
  );
}
