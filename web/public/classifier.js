import { request } from './connection.js';
import { element, fill, number, percent, table } from './dom.js';

const query = `query ($key: String!) { experiment(key: $key) { results { classifier {
  variant isControl labelled accuracy macroPrecision macroRecall macroF1 logLoss brierScore expectedCalibrationError
  auc { auc { estimate lower upper } difference { lower upper } } } } } }`;
const columns = ['Variant', 'Labelled', 'Accuracy', 'Precision', 'Recall', 'F1', 'AUC', 'Difference in AUC', 'Log loss', 'Brier', 'ECE'];
const refreshMs = 3000;

/** How the variants of an experiment classify: read while somebody looks, since nothing else needs it. */
export function classifierDetails(key) {
  const body = element('div');
  const details = element('details', { class: 'more' }, element('summary', {}, 'How each variant classifies'), body);
  let timer;
  const refresh = async () => {
    clearTimeout(timer);
    if (!details.open) return;
    try {
      const { experiment } = await request(query, { key });
      fill(body, report(experiment.results.classifier));
    } catch {
      // What was shown stays; the next turn tries again.
    }
    clearTimeout(timer);
    timer = setTimeout(refresh, refreshMs);
  };
  details.addEventListener('toggle', refresh);
  return details;
}

function report(variants) {
  if (variants.length === 0) return [element('p', { class: 'soft' }, 'No labels that could be scored yet.')];
  return [
    element(
      'div',
      { class: 'wide', role: 'region', 'aria-label': 'How each variant classifies', tabindex: 0 },
      table(null, columns, variants.map(row)),
    ),
    element('p', { class: 'soft' }, 'Means over classes; intervals for one look. The verdict goes by the metrics above.'),
  ];
}

function row({
  variant,
  isControl,
  labelled,
  accuracy,
  macroPrecision,
  macroRecall,
  macroF1,
  auc,
  logLoss,
  brierScore,
  expectedCalibrationError,
}) {
  const difference = auc?.difference;
  return [
    isControl ? `${variant} (control)` : variant,
    number(labelled, 0),
    ...[accuracy, macroPrecision, macroRecall, macroF1].map((share) => percent(share)),
    auc ? `${number(auc.auc.estimate, 3)} [${number(auc.auc.lower, 3)}, ${number(auc.auc.upper, 3)}]` : '–',
    difference ? `[${number(difference.lower, 3)}, ${number(difference.upper, 3)}]` : '–',
    ...[logLoss, brierScore, expectedCalibrationError].map((value) => number(value, 3)),
  ];
}
