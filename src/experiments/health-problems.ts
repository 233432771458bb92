import { multipleExposureVerdict } from '../statistics/health-verdict';
import type { Experiment } from './experiment';
import type { MeasuredHealth } from './measured-health';

/** BROKEN: the numbers mean nothing. WARNING: they may mislead, or stand still. */
export type HealthStatus = 'HEALTHY' | 'WARNING' | 'BROKEN';

export interface HealthFacts {
  readonly experiment: Experiment;
  readonly health: MeasuredHealth;
  readonly now: Date;
  readonly ingestLagMs: number;
  /** Metrics of variants whose looks exclude each other. */
  readonly contradicted: readonly string[];
  /** Whether it is about a segment: then what is only counted of all units is told with those. */
  readonly isSegment: boolean;
}

/** From here on results are told to stand still. */
const worryingLagMs = 60_000;
/** Shorter silences are never told. */
const leastSilenceMs = 3_600_000;
/** A silence is told when it is this many times as long as what passed between two predictions on average. */
const silenceFactor = 20;
/** Of predictions, and at least so many: fewer labels and outcomes without their prediction are a client's odd mistake. */
const [unmatchedShare, leastUnmatched] = [0.01, 10];

/** What is wrong, the worst first, each a sentence that says what to do. */
export function healthProblems(facts: HealthFacts): { readonly status: HealthStatus; readonly problems: readonly string[] } {
  const broken = splitProblem(facts);
  const warnings = [contradictionProblem, labelProblem, biasProblem, exposureProblem, unmatchedProblem, silenceProblem, lagProblem].flatMap(
    (look) => look(facts),
  );
  return { status: broken.length > 0 ? 'BROKEN' : warnings.length > 0 ? 'WARNING' : 'HEALTHY', problems: [...broken, ...warnings] };
}

function splitProblem({ health: { sampleRatioMismatch } }: HealthFacts): string[] {
  if (!sampleRatioMismatch.mismatch) return [];
  return ['The units are not split as planned, so the variants cannot be compared. Find out where units get lost.'];
}

function labelProblem({ health }: HealthFacts): string[] {
  return health.labelCoverageTest.imbalanced ? [labelImbalance(health)] : [];
}

function contradictionProblem({ contradicted }: HealthFacts): string[] {
  if (contradicted.length === 0) return [];
  return [`Looks contradict each other (${contradicted.join(', ')}): something changed while the experiment ran. The verdict says more.`];
}

function biasProblem({ health, isSegment }: HealthFacts): string[] {
  const metrics = health.preExperimentBias.filter(({ flagged }) => flagged).map(({ metric, variant }) => `${metric} of ${variant}`);
  if (isSegment || metrics.length === 0) return [];
  return [
    `Units differed before the experiment met them (${metrics.join(', ')}), which chance hardly does. Find out how units were assigned.`,
  ];
}

/** What the verdict adds, too, where its metric needs labels. */
export function labelImbalance({ labelCoverage }: Pick<MeasuredHealth, 'labelCoverage'>): string {
  const shares = labelCoverage.flatMap(({ variant, coverage }) =>
    coverage === null ? [] : [`${variant} ${Number((100 * coverage).toPrecision(3))}%`],
  );
  return `Labels do not come equally often for all variants (${shares.join(', ')} of the predictions), so what is known of them may not be comparable. Find out why some are not labelled.`;
}

function exposureProblem({ health, isSegment }: HealthFacts): string[] {
  if (isSegment) return [];
  const units = health.sampleRatioMismatch.observed.reduce((sum, one) => sum + one.units, 0);
  if (multipleExposureVerdict({ switched: health.multipleExposures, units }) !== 'UNHEALTHY') return [];
  return [
    `${health.multipleExposures} of ${units} units were seen in more than one variant. They count in their first one, which makes differences look smaller; something switches them.`,
  ];
}

function unmatchedProblem({ health: { unmatched, labelCoverage }, isSegment }: HealthFacts): string[] {
  const predictions = labelCoverage.reduce((sum, one) => sum + one.predictions, 0);
  if (isSegment || unmatched < Math.max(leastUnmatched, unmatchedShare * predictions)) return [];
  return [`${unmatched} labels and outcomes name predictions that never came. Check the ids that are sent with them.`];
}

/** A pause is meant to be silent; after it, until the first prediction, it is told. */
function silenceProblem({ experiment, health, now, isSegment }: HealthFacts): string[] {
  const { lastExposureAt, labelCoverage } = health;
  if (isSegment || experiment.status !== 'RUNNING' || lastExposureAt === null) return [];
  const predictions = labelCoverage.reduce((sum, one) => sum + one.predictions, 0);
  const gapMs = Math.max(0, lastExposureAt.getTime() - experiment.startedAt.getTime()) / Math.max(1, predictions);
  const silentMs = now.getTime() - lastExposureAt.getTime();
  if (silentMs <= Math.max(leastSilenceMs, silenceFactor * gapMs)) return [];
  return [
    `No unit has been served for ${inHours(silentMs)}, which is long for this experiment. Check that requests carry a unitId and still match it.`,
  ];
}

function lagProblem({ ingestLagMs }: HealthFacts): string[] {
  if (ingestLagMs < worryingLagMs) return [];
  return [
    `The numbers are ${Math.round(ingestLagMs / 1000)} s behind: predictions and outcomes wait to be counted. See that the database answers.`,
  ];
}

function inHours(durationMs: number): string {
  const hours = durationMs / 3_600_000;
  return hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} days`;
}
