/** What one look says of one effect, from a procedure that is valid at every look (a confidence sequence and its p). */
export interface Look {
  /** Its place in the schedule, rising: 1, 2, 3 ...; gaps are allowed. */
  readonly number: number;
  /** In the unit of the effect; -Infinity and Infinity are allowed. */
  readonly lower: number;
  readonly upper: number;
  readonly pValue: number;
  readonly unitsInSmallestArm: number;
}

/** What all looks say together. Plain data that survives JSON; an end that is not bounded is null. */
export type RunningEvidence =
  /** No look has counted yet. */
  | { readonly state: 'waiting' }
  | {
      readonly state: 'running';
      readonly lastLook: number;
      readonly looks: number;
      readonly lower: number | null;
      readonly upper: number | null;
      readonly pValue: number;
    }
  /** Two looks exclude each other: with probability 1 - alpha that cannot be while the assumptions hold. Nothing later mends it. */
  | {
      readonly state: 'contradicted';
      readonly lastLook: number;
      readonly looks: number;
      readonly pValue: number;
      readonly contradictedAtLook: number;
    };

export const noEvidence: RunningEvidence = Object.freeze({ state: 'waiting' });

/** The asymptotic sequences need a mean over units that is nearly normal. */
export const leastUnitsInAnArm = 30;

/**
 * Takes one look into the evidence of those before: the intersection of the intervals and the minimum of the p-values. If every interval
 * holds the truth at all looks together with probability 1 - alpha, so does the intersection, and P(the minimum ever <= alpha) <= alpha;
 * unlike the single look, neither takes back what it has said. Corrections for several metrics or arms are to be made of these running p-values.
 *
 * A look with fewer than 30 units in an arm does not count, nor one that is not after the last: folding is idempotent, and folding
 * stored looks again, in their order, gives the same evidence to the last bit, whole or from any of its states on.
 *
 * An EMPTY intersection means that the assumptions failed (units that depend on each other, an effect that changes over time, a metric whose
 * outcomes come late, a tail too heavy for its sample): the state is then `contradicted`, and no verdict is to be given.
 *
 * @throws RangeError when a number is NaN, p is outside 0..1, lower is above upper, or the look's number is not a whole number above 0.
 * @example foldLook(noEvidence, { number: 1, lower: -1, upper: 3, pValue: 0.4, unitsInSmallestArm: 50 }); // running, -1..3
 */
export function foldLook(evidence: RunningEvidence, look: Look): RunningEvidence {
  requireLook(look);
  if (look.unitsInSmallestArm < leastUnitsInAnArm) return evidence;
  if (evidence.state === 'waiting') {
    const { number: lastLook, pValue } = look;
    return { state: 'running', lastLook, looks: 1, lower: stored(look.lower), upper: stored(look.upper), pValue };
  }
  if (look.number <= evidence.lastLook) return evidence;
  const counted = { lastLook: look.number, looks: evidence.looks + 1, pValue: Math.min(evidence.pValue, look.pValue) };
  if (evidence.state === 'contradicted') return { ...evidence, ...counted };
  const lower = Math.max(evidence.lower ?? Number.NEGATIVE_INFINITY, look.lower);
  const upper = Math.min(evidence.upper ?? Number.POSITIVE_INFINITY, look.upper);
  if (lower > upper) return { state: 'contradicted', ...counted, contradictedAtLook: look.number };
  return { state: 'running', ...counted, lower: stored(lower), upper: stored(upper) };
}

/** JSON has neither infinities nor a negative zero. */
function stored(end: number): number | null {
  return Number.isFinite(end) ? end + 0 : null;
}

function requireLook({ number, lower, upper, pValue, unitsInSmallestArm }: Look): void {
  if (!(Number.isInteger(number) && number > 0)) throw new RangeError(`A look's number must be whole and above 0, not ${number}.`);
  if (!(lower <= upper)) throw new RangeError(`An interval must not end below where it begins, as ${lower}..${upper} does.`);
  if (!(pValue >= 0 && pValue <= 1)) throw new RangeError(`A p-value must lie between 0 and 1, not ${pValue}.`);
  if (!(unitsInSmallestArm >= 0)) throw new RangeError(`The number of units must be at least 0, not ${unitsInSmallestArm}.`);
}
