import { element } from './dom.js';
import { rangeOf, spread, ticks } from './plot-scale.js';

const height = 150;
const [left, right, top, bottom] = [58, 66, 10, 20];
const lineHeight = 13;
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/**
 * How a lift has come about: the band that all looks leave together, behind it each look by itself, the estimate as a line, and zero; at its right end what is known now.
 * Each point is { at, estimate, lower, upper, runningLower, runningUpper } with `at` in milliseconds; running ends are null where looks stand by themselves.
 * `words` write a value of the metric, `width` is that of the picture in CSS pixels.
 */
export function liftPlot({ points, startedAt, id, title, summary, words, width }) {
  const begin = Math.min(startedAt, points[0].at);
  const end = Math.max(points.at(-1).at, begin + 1);
  const [lowest, highest] = rangeOf(points);
  const scale = {
    x: (at) => left + ((width - left - right) * (at - begin)) / (end - begin),
    y: (value) => top + ((height - top - bottom) * (highest - value)) / (highest - lowest),
  };
  const last = points.at(-1);
  const line = points.map((point) => `${scale.x(point.at).toFixed(1)},${clamped(scale.y(point.estimate))}`).join('L');
  const marks = ticks(lowest, highest);
  return element(
    'svg:svg',
    { class: 'lift', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': `${id}-title ${id}-summary` },
    element('svg:title', { id: `${id}-title` }, title),
    element('svg:desc', { id: `${id}-summary` }, summary),
    element('svg:clipPath', { id: `${id}-area` }, element('svg:rect', area(width))),
    ...marks.map((value) => rule(value === 0 ? 'zero' : 'grid', scale.y(value), width)),
    element(
      'svg:g',
      { 'clip-path': `url(#${id}-area)` },
      element('svg:path', { class: 'look', d: band(points, 'lower', 'upper', scale) }),
      element('svg:path', { class: 'running', d: band(points, 'runningLower', 'runningUpper', scale) }),
      element('svg:path', { class: 'estimate', d: `M${line}` }),
    ),
    element('svg:circle', { cx: scale.x(last.at), cy: scale.y(last.estimate), r: 3 }),
    ...marks.map((value) => text({ x: left - 6, y: scale.y(value) + 4, 'text-anchor': 'end' }, words.change(value))),
    ...cutOff(points, [lowest, highest], scale, words),
    ...atTheEnd(last, scale, words, width),
    text({ x: left, y: height - 5 }, 'start'),
    text({ x: width - right, y: height - 5, 'text-anchor': 'end' }, `after ${duration(end - begin)}`),
  );
}

/** Whether one look by itself is anywhere seen to say less than all together. */
export function hasPaleBand(points) {
  const [lowest, highest] = rangeOf(points);
  const seen = (value) => Math.min(highest, Math.max(lowest, value));
  const isPale = (one, together) => together !== null && Math.abs(seen(one) - seen(together)) > 0.02 * (highest - lowest);
  return points.some(({ lower, upper, runningLower, runningUpper }) => isPale(lower, runningLower) || isPale(upper, runningUpper));
}

function band(points, lower, upper, { x, y }) {
  const drawn = points.filter((point) => point[lower] !== null && point[upper] !== null);
  const there = drawn.map((point) => `${x(point.at).toFixed(1)},${clamped(y(point[upper]))}`);
  const back = drawn.map((point) => `${x(point.at).toFixed(1)},${clamped(y(point[lower]))}`).reverse();
  return drawn.length < 2 ? 'M0,0' : `M${[...there, ...back].join('L')}Z`;
}

/** Coordinates far outside are cut off anyway, and browsers draw them badly. */
function clamped(value) {
  return Math.max(-height, Math.min(2 * height, value)).toFixed(1);
}

/** Where looks run out of the picture: how far they went. */
function cutOff(points, [lowest, highest], { x }, words) {
  const above = points.filter(({ upper }) => upper > highest);
  const below = points.filter(({ lower }) => lower < lowest);
  const sign = (cut, y, label) => (cut.length === 0 ? [] : [text({ class: 'cut', x: x(cut[0].at) + 4, y }, label)]);
  return [
    ...sign(above, top + 3, `↑ to ${words.change(Math.max(...above.map(({ upper }) => upper)))}`),
    ...sign(below, height - bottom - 4, `↓ to ${words.change(Math.min(...below.map(({ lower }) => lower)))}`),
  ];
}

/** The estimate of now between the ends of its interval. */
function atTheEnd({ estimate, lower, upper }, { y }, words, width) {
  const labels = [
    ['', upper],
    ['now', estimate],
    ['', lower],
  ].sort((one, other) => other[1] - one[1]);
  const places = spread(
    labels.map(([, value]) => Math.max(lineHeight, y(value) + 4)),
    lineHeight,
    height - bottom,
  );
  return labels.map(([name, value], index) => text({ class: name, x: width - right + 8, y: places[index] }, words.change(value)));
}

/** @example duration(5_400_000) // '1.5 h' */
export function duration(ms) {
  const [name, size] = units.find(([, one]) => ms >= 2 * one) ?? units.at(-1);
  return `${(ms / size).toLocaleString('en', { maximumFractionDigits: ms < 10 * size ? 1 : 0 })} ${name}`;
}

function text(attributes, label) {
  return element('svg:text', attributes, label);
}

function rule(name, y, width) {
  return element('svg:line', { class: name, x1: left, x2: width - right, y1: y, y2: y });
}

function area(width) {
  return { x: left, y: 0, width: width - left - right, height: height - bottom };
}
