import { element, number, percent, table } from './dom.js';

/** How each shadow compares with the control, input by input. */
export function shadows({ variants, kind }, { shadows: reports, metrics }) {
  if (kind !== 'SHADOW') return [];
  const control = variants.find(({ isControl }) => isControl).key;
  return reports.flatMap((report) => [
    element('p', {}, facts(report, control)),
    ...whoWasRight(report, control),
    ...saved(report, metrics[0]),
  ]);
}

function facts({ variant, pairs, coverage, agreement, confidenceShift, serviceMs }, control) {
  const share = coverage === null ? '' : ` (${percent(coverage, 0)} of them)`;
  const kappa = agreement?.kappa == null ? '' : `, kappa ${number(agreement.kappa, 2)}`;
  return [
    `${variant} got ${number(pairs, 0)} of the inputs that ${control} answered${share}.`,
    agreement ? `Both gave the same answer to ${percent(agreement.agreement)}${kappa}.` : '',
    serviceMs ? `An answer took ${number(serviceMs.treatment)} ms, of ${control} ${number(serviceMs.control)} ms.` : '',
    confidenceShift ? shift(confidenceShift) : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function shift({ psi, nullQuantile95 }) {
  return psi > nullQuantile95
    ? `Their confidences differ by more than chance (PSI ${number(psi, 2)}, by chance up to ${number(nullQuantile95, 2)}).`
    : `Their confidences are alike (PSI ${number(psi, 2)}, by chance up to ${number(nullQuantile95, 2)}).`;
}

function whoWasRight({ variant, correctness }, control) {
  if (!correctness) return [];
  const { bothCorrect, onlyControlCorrect, onlyTreatmentCorrect, neitherCorrect, midPValue } = correctness;
  const cells = [bothCorrect, onlyControlCorrect, onlyTreatmentCorrect, neitherCorrect];
  const labelled = cells.reduce((sum, cell) => sum + cell, 0);
  const caption = `Who was right (McNemar, mid-p ${midPValue < 0.0001 ? '< 0.0001' : number(midPValue, 4)}, for one look)`;
  const columns = ['Labelled inputs', 'Both', `Only ${control}`, `Only ${variant}`, 'Neither'];
  return [element('div', { class: 'wide' }, table(caption, columns, [[number(labelled, 0), ...cells.map((cell) => number(cell, 0))]]))];
}

/** A split of the same units has twice the variance of two arms of so many: pairing needs varianceRatio / 2 of the units. */
function saved({ variant, varianceRatio }, primary) {
  const units = primary?.variants.find((row) => row.variant === variant)?.units ?? 0;
  if (!varianceRatio || units === 0) return [];
  const split = units / (varianceRatio / 2);
  const sentence = `${number(units, 0)} units told as much as an A/B test tells with about ${number(split, 0)}.`;
  return [element('p', { class: 'soft' }, sentence)];
}
