import { binnedAuc } from '../statistics/binned-auc';
import { calibrationOf } from '../statistics/calibration';
import { multiclassScores } from '../statistics/confusion-matrix';
import { normalQuantile } from '../statistics/normal-distribution';
import { type ClassifierTally, calibrationBinsOf, classesSeen, confusionOf, maxClasses, scoresOf, totalsOf } from './classifier-tally';
import type { Variant } from './experiment';
import type { Interval } from './metric-result';

/** How a variant's model classifies, over labelled predictions. Descriptive: predictions of one unit are not independent, and looks are not paid for. */
export interface VariantClassifier {
  readonly variant: string;
  readonly isControl: boolean;
  /** Labelled predictions of which the class is known. */
  readonly labelled: number;
  readonly accuracy: number | null;
  /** Means over the classes that occurred or were predicted. */
  readonly macroPrecision: number | null;
  readonly macroRecall: number | null;
  readonly macroF1: number | null;
  readonly logLoss: number | null;
  readonly brierScore: number | null;
  readonly expectedCalibrationError: number | null;
  /** Macro, one class against the rest. */
  readonly auc: AucReading | null;
  readonly classes: readonly ClassReading[];
  readonly confusion: readonly ConfusionRow[];
}

export interface AucReading {
  readonly auc: Interval;
  readonly standardError: number;
  /** This variant minus the control; null for the control. */
  readonly difference: Interval | null;
}

export interface ClassReading {
  readonly label: string;
  /** Labelled predictions of this class. */
  readonly support: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Null with fewer than two predictions of the class or of the rest, and for "(other)". */
  readonly auc: AucReading | null;
}

export interface ConfusionRow {
  /** The class that proved true. */
  readonly label: string;
  /** Predictions of each class, in the order of the rows. */
  readonly counts: readonly number[];
}

/** A variant, the class labels of its version (null: not known here), and what its labels say. */
export interface ClassifierArm {
  readonly variant: Variant;
  readonly classLabels: readonly string[] | null;
  readonly tally: ClassifierTally;
}

const level = 0.95;
const otherLabel = '(other)';

/** An area with what its standard error and the width of the bins leave open. */
interface Area {
  readonly mean: number;
  readonly standardError: number;
  readonly binningError: number;
}

/** By variant, those with at least one label. Intervals have a level of 95% at one look, predictions taken as independent. */
export function classifierReport(arms: readonly ClassifierArm[]): readonly VariantClassifier[] {
  const labelled = arms.filter(({ tally }) => totalsOf(tally).labelled > 0);
  const control = labelled.find(({ variant }) => variant.isControl);
  const base = control ? areasOf(control) : [];
  return labelled.map((arm) => readArm(arm, arm === control ? null : base));
}

/** `base`: areas of the control, by class; null for the control itself. */
function readArm(arm: ClassifierArm, base: readonly (Area | null)[] | null): VariantClassifier {
  const { variant, tally } = arm;
  const totals = totalsOf(tally);
  const labels = labelsOf(arm);
  const confusion = confusionOf(tally, labels.length);
  const scores = multiclassScores(confusion);
  const areas = areasOf(arm);
  return {
    variant: variant.key,
    isControl: variant.isControl,
    labelled: totals.labelled,
    accuracy: totals.correct / totals.labelled,
    macroPrecision: scores.macroPrecision,
    macroRecall: scores.macroRecall,
    macroF1: scores.macroF1,
    logLoss: totals.logLoss / totals.labelled,
    brierScore: totals.brierScore / totals.labelled,
    expectedCalibrationError: calibrationOf(calibrationBinsOf(tally))?.expectedError ?? null,
    auc: readMacro(areas, base),
    classes: scores.classes.map((one, k) => {
      const area = areas[k] ?? null;
      return { label: labels[k] as string, ...one, auc: area && readAuc(area, base?.[k] ?? null) };
    }),
    confusion: confusion.map((counts, k) => ({ label: labels[k] as string, counts })),
  };
}

function labelsOf({ classLabels, tally }: ClassifierArm): readonly string[] {
  const known = classLabels ?? [];
  const count = Math.max(known.length, classesSeen(tally));
  const names = Array.from({ length: Math.min(count, maxClasses) }, (_, k) => known[k] ?? String(k));
  return count > maxClasses ? [...names, otherLabel] : names;
}

function areasOf(arm: ClassifierArm): readonly (Area | null)[] {
  return labelsOf(arm)
    .slice(0, maxClasses)
    .map((_, k) => binnedAuc(scoresOf(arm.tally, k)));
}

/** The mean over classes. Their errors are not independent; together they are at most as uncertain as their standard errors are on average. */
function readMacro(areas: readonly (Area | null)[], base: readonly (Area | null)[] | null): AucReading | null {
  const own = macroOf(areas);
  if (!own || base === null) return own && readAuc(own, null);
  const both = areas.map((area, k) => area !== null && (base[k] ?? null) !== null);
  const [mine, theirs] = [areas, base].map((side) => macroOf(side.filter((_, k) => both[k])));
  const { difference } = mine && theirs ? readAuc(mine, theirs) : readAuc(own, null);
  return { ...readAuc(own, null), difference };
}

function macroOf(areas: readonly (Area | null)[]): Area | null {
  const known = areas.filter((area) => area !== null);
  if (known.length === 0) return null;
  const meanOf = (part: (area: Area) => number) => known.reduce((sum, area) => sum + part(area), 0) / known.length;
  return {
    mean: meanOf(({ mean }) => mean),
    standardError: meanOf(({ standardError }) => standardError),
    binningError: meanOf(({ binningError }) => binningError),
  };
}

function readAuc(area: Area, base: Area | null): AucReading {
  const own = intervalOf(area);
  return {
    // An area is a share.
    auc: { ...own, lower: Math.max(0, own.lower), upper: Math.min(1, own.upper) },
    standardError: area.standardError,
    difference:
      base &&
      intervalOf({
        mean: area.mean - base.mean,
        standardError: Math.hypot(area.standardError, base.standardError),
        binningError: area.binningError + base.binningError,
      }),
  };
}

function intervalOf({ mean, standardError, binningError }: Area): Interval {
  const reach = normalQuantile((1 + level) / 2) * standardError + binningError;
  return { estimate: mean, lower: mean - reach, upper: mean + reach, level };
}
