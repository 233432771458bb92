import { benjaminiHochbergAdjust } from '../statistics/benjamini-hochberg';
import type { FeatureComparison, ShareChange } from './compare-feature';
import type { DriftKind } from './drift-alert';
import type { DriftFinding } from './drift-finding';
import { severityOfPValue, significanceLevel } from './drift-severity';
import { confidenceFeature, predictionFeature } from './reference-profile';

/** The PSI, less what chance alone gives on average, must be above this: a smaller shift is real with enough rows, but nobody must act. */
const effectFloor = 0.1;

/**
 * Input features, prediction and confidence are one family: a look is one question to the person who is woken by it ("has anything moved?"),
 * so the chance of a false yes is bounded for the look as a whole.
 */
export function findDistributionDrift(comparisons: readonly FeatureComparison[], windowStartedAt: Date | null): DriftFinding[] {
  const adjusted = benjaminiHochbergAdjust(comparisons.map(({ pValue }) => pValue));
  return comparisons.map((comparison, index): DriftFinding => {
    const adjustedPValue = adjusted[index] ?? 1;
    const isLarge = comparison.psi - comparison.chancePsi > effectFloor && comparison.psi > comparison.nullPsi95;
    const severity = isLarge ? severityOfPValue(adjustedPValue) : 'NONE';
    const drifted = severity !== 'NONE';
    return {
      ...namesOf(comparison.feature.name),
      test: comparison.test,
      statistic: comparison.statistic,
      pValue: comparison.pValue,
      adjustedPValue,
      threshold: significanceLevel,
      effect: comparison.psi,
      severity,
      drifted,
      referenceRows: comparison.referenceRows,
      currentRows: comparison.currentRows,
      message: sentence(comparison, adjustedPValue, drifted),
      windowStartedAt,
    };
  });
}

function namesOf(name: string): { readonly kind: DriftKind; readonly feature: string | null } {
  if (name === predictionFeature) return { kind: 'PREDICTION', feature: null };
  if (name === confidenceFeature) return { kind: 'CONFIDENCE', feature: null };
  return { kind: 'DATA', feature: name };
}

function sentence(comparison: FeatureComparison, adjustedPValue: number, drifted: boolean): string {
  const { feature, psi, chancePsi, currentRows, referenceRows } = comparison;
  const { kind, feature: input } = namesOf(feature.name);
  const subject = input ?? (kind === 'PREDICTION' ? 'prediction' : 'confidence');
  const evidence =
    `PSI ${psi.toFixed(2)} where chance alone gives ${chancePsi.toFixed(2)}, adjusted p ${pText(adjustedPValue)}, ` +
    `${currentRows} rows against ${referenceRows}`;
  if (!drifted) return `${subject}: no drift. ${evidence}.`;
  const wasMean = feature.kind === 'numeric' ? ` The mean was ${Number(feature.mean.toPrecision(3))}.` : '';
  return `${subject}: ${movement(comparison.changes)}.${wasMean} ${evidence}.`;
}

/** The group that lost most and the one that gained most. */
function movement(changes: readonly ShareChange[]): string {
  const byGain = [...changes].sort((a, b) => a.current - a.reference - (b.current - b.reference));
  const [loser, winner] = [byGain[0], byGain[byGain.length - 1]];
  if (!loser || !winner || loser === winner) return 'the distribution changed';
  return `mass moved from ${changeText(loser)} to ${changeText(winner)}`;
}

function changeText({ label, reference, current }: ShareChange): string {
  const points = (current - reference) * 100;
  return `${label} (${percent(reference)} to ${percent(current)}, ${points < 0 ? '' : '+'}${points.toFixed(1)} pp)`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function pText(pValue: number): string {
  if (pValue >= 0.001) return pValue.toFixed(3);
  return pValue < 1e-12 ? '< 1e-12' : pValue.toExponential(0);
}
