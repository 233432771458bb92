import { type ConfusionMatrix, requireSquare } from './confusion-matrix';

export interface ModelAgreement {
  /** Share of inputs on which both models give the same class, 0..1. */
  readonly agreement: number;
  readonly agreementStandardError: number;
  /** Cohen's kappa: agreement beyond what the class shares alone would give, at most 1. Null when both always give one and the same class. */
  readonly kappa: number | null;
  readonly kappaStandardError: number | null;
  /** Inputs that both models classified. */
  readonly pairs: number;
}

/**
 * How far do two models agree, labels or not? From the joint table of their classes. kappa = (p_o - p_e) / (1 - p_e), p_e = sum(p_k. p_.k);
 * its standard error by the delta method (Fleiss, Cohen, Everitt 1969). Models that disagree on 2% of the inputs can differ in accuracy by
 * 2% at most: the agreement tells before any label how much there is to find. The marginals of the table feed
 * `populationStabilityIndex`, which says whether the classes are given equally often.
 *
 * @param table `table[i][j]` inputs got class i from the control and class j from the treatment.
 * @returns null for an empty table.
 * @throws RangeError when the table is not square or a count is not a whole number of at least 0.
 * @example modelAgreement([[20, 5], [10, 15]])?.kappa; // 0.4
 */
export function modelAgreement(table: ConfusionMatrix): ModelAgreement | null {
  requireSquare(table);
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const pairs = rows.reduce((sum, count) => sum + count, 0);
  if (pairs === 0) return null;
  const ofControl = rows.map((count) => count / pairs);
  const ofTreatment = table.map((_, k) => table.reduce((sum, row) => sum + (row[k] as number), 0) / pairs);
  const agreement = table.reduce((sum, row, k) => sum + (row[k] as number), 0) / pairs;
  const agreementStandardError = Math.sqrt((agreement * (1 - agreement)) / pairs);
  const byChance = ofControl.reduce((sum, share, k) => sum + share * (ofTreatment[k] as number), 0);
  const isConstant = rows.some((count, k) => count === pairs && table[k]?.[k] === pairs);
  if (isConstant) return { agreement, agreementStandardError, kappa: null, kappaStandardError: null, pairs };
  const kappa = (agreement - byChance) / (1 - byChance);
  // The gradient of kappa by the share of cell (i, j), times 1 - p_e, less its mean.
  const slope = (i: number, j: number) => Number(i === j) - (1 - kappa) * ((ofTreatment[i] as number) + (ofControl[j] as number));
  const meanSlope = agreement - 2 * byChance * (1 - kappa);
  let squares = 0;
  table.forEach((row, i) => {
    row.forEach((count, j) => {
      squares += (count / pairs) * (slope(i, j) - meanSlope) ** 2;
    });
  });
  const kappaStandardError = Math.sqrt(squares / pairs) / (1 - byChance);
  return { agreement, agreementStandardError, kappa, kappaStandardError, pairs };
}
