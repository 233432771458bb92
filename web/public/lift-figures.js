import { element, number } from './dom.js';
import { duration, hasPaleBand, liftPlot } from './lift-plot.js';
import { metricWords } from './metric-words.js';

/** One plot a treatment, as wide as its place. */
export function liftFigures(key, { metric, variants }, series, asOf, width) {
  const words = metricWords(metric);
  const treatments = variants.filter(({ isControl }) => !isControl);
  return treatments.flatMap((treatment) => {
    const known = series.of(metric, treatment, asOf);
    if (!known || known.points.length < 2) return [];
    const { variant, units, absoluteLift } = treatment;
    const { estimate, lower, upper } = absoluteLift;
    const span = duration(known.points.at(-1).at - known.startedAt);
    const texts = {
      id: `lift-${key}-${variant}`,
      title: `Difference of ${variant} from the control in ${words.name.toLowerCase()} over time`,
      summary: `After ${span} and ${number(units, 0)} units: ${words.change(estimate)}, from ${words.range(lower, upper)}.`,
    };
    const plot = liftPlot({ ...known, ...texts, words, width: Math.min(640, Math.max(260, width)) });
    const whose = treatments.length > 1 ? `${variant}: difference` : 'Difference';
    const caption = `${whose} from control over time; ${bandsOf(known.points, absoluteLift.level)}`;
    return [element('figure', {}, plot, element('figcaption', { class: 'soft' }, caption))];
  });
}

function bandsOf(points, level) {
  const sure = `${number(100 * level, 2)}%`;
  const isTogether = points.some(({ runningLower }) => runningLower !== null);
  if (!isTogether) return `band: where the true one lies (${sure}), by each look alone.`;
  if (!hasPaleBand(points)) return `band: where the true one lies (${sure}), by all looks so far.`;
  return `strong colour: where the true one lies (${sure}), by all looks so far; pale: by one look.`;
}
