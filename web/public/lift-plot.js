import { element } from './dom.js';

const [width, height] = [480, 132];
const [left, right, top, bottom] = [54, 8, 8, 20];
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];
let plots = 0;

/**
 * How a lift has come about: the band that all looks leave together, behind it each look by itself, the estimate as a line, and zero.
 * Each point is { at, estimate, lower, upper, runningLower, runningUpper } with `at` in milliseconds; running ends are null where looks stand by themselves.
 * `show` writes a value of the metric.
 */
export function liftPlot({ points, startedAt, title, summary, show }) {
  const id = `lift-${++plots}`;
  const begin = Math.min(startedAt, points[0].at);
  const end = Math.max(points.at(-1).at, begin + 1);
  const [lowest, highest] = rangeOf(points);
  const x = (at) => left + ((width - left - right) * (at - begin)) / (end - begin);
  const y = (value) => top + ((height - top - bottom) * (highest - value)) / (highest - lowest);
  const band = (lower, upper) => {
    const drawn = points.filter((point) => point[lower] !== null && point[upper] !== null);
    const there = drawn.map((point) => `${x(point.at).toFixed(1)},${clamped(y(point[upper]))}`);
    const back = drawn.map((point) => `${x(point.at).toFixed(1)},${clamped(y(point[lower]))}`).reverse();
    return drawn.length < 2 ? 'M0,0' : `M${[...there, ...back].join('L')}Z`;
  };
  const line = points.map((point) => `${x(point.at).toFixed(1)},${clamped(y(point.estimate))}`).join('L');
  const last = points.at(-1);
  return element(
    'svg:svg',
    { class: 'lift', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': `${id}-title ${id}-summary` },
    element('svg:title', { id: `${id}-title` }, title),
    element('svg:desc', { id: `${id}-summary` }, summary),
    element('svg:clipPath', { id: `${id}-area` }, element('svg:rect', area())),
    element(
      'svg:g',
      { 'clip-path': `url(#${id}-area)` },
      element('svg:path', { class: 'look', d: band('lower', 'upper') }),
      element('svg:path', { class: 'running', d: band('runningLower', 'runningUpper') }),
      element('svg:line', { class: 'zero', x1: left, x2: width - right, y1: y(0), y2: y(0) }),
      element('svg:path', { class: 'estimate', d: `M${line}` }),
      element('svg:circle', { cx: x(last.at), cy: y(last.estimate), r: 3 }),
    ),
    ...ticks(lowest, highest).map((value) =>
      element('svg:text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, signed(value, show)),
    ),
    element('svg:text', { x: left, y: height - 5 }, 'start'),
    element('svg:text', { x: width - right, y: height - 5, 'text-anchor': 'end' }, `after ${duration(end - begin)}`),
  );
}

/** A look at a few units would flatten all that came after it, so it runs out of the picture. */
function rangeOf(points) {
  const recent = points.slice(Math.floor(points.length / 4));
  const ends = recent.flatMap(({ lower, upper, estimate }) => [lower, upper, estimate]);
  const [lowest, highest] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const room = (highest - lowest || 1) * 0.06;
  return [lowest - room, highest + room];
}

/** Coordinates far outside are cut off anyway, and browsers draw them badly. */
function clamped(value) {
  return Math.max(-height, Math.min(2 * height, value)).toFixed(1);
}

/** Zero, and a round number on each side where it is not too close to zero to be read. */
function ticks(lowest, highest) {
  const round = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].map((digit) => digit * power).find((one) => one <= value) ?? power;
  };
  const marks = [round(highest * 0.95), -round(-lowest * 0.95)];
  return [0, ...marks.filter((mark) => Math.abs(mark) > 0.15 * (highest - lowest))];
}

function signed(value, show) {
  const text = show(value)
    .replace(/\.0+(?=%|$)/, '')
    .replace('-', '−');
  return value > 0 ? `+${text}` : text;
}

/** @example duration(5_400_000) // '1.5 h' */
export function duration(ms) {
  const [name, size] = units.find(([, one]) => ms >= 2 * one) ?? units.at(-1);
  return `${(ms / size).toLocaleString('en', { maximumFractionDigits: ms < 10 * size ? 1 : 0 })} ${name}`;
}

function area() {
  return { x: left, y: 0, width: width - left, height: height - bottom };
}
