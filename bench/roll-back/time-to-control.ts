import { type CrossingRule, firstCrossing } from './first-crossing';
import type { Visit } from './paced-visits';

/** What one rollout did. */
export interface RollBack {
  /** Units of each version that were answered before the crossing. */
  readonly unitsAtCrossing: number;
  /** From the crossing to the first request after the last one that the new version answered; below 0 it cannot be by more than the rate tells. */
  readonly toControlMs: number;
  /** Requests that the new version answered although they were sent after the crossing. */
  readonly late: number;
  /** Mean latency as recorded, the new version's by the control's. */
  readonly slowdown: number;
}

/**
 * @param visits in the order sent, to well after the end of the rollout
 * @throws Error when the guardrail was never crossed, or the new version served to the end
 */
export function timeToControl(visits: readonly Visit[], rule: CrossingRule): RollBack {
  const control = rule.variants.find(({ isControl }) => isControl)?.version;
  const crossing = firstCrossing(visits, rule);
  if (!crossing) throw new Error('The guardrail was never crossed: let the load run longer, or the slow version be slower.');
  const lastNew = visits.findLastIndex(({ version }) => version !== control);
  const firstOld = visits[lastNew + 1];
  if (!firstOld) throw new Error('The new version served to the end of the load.');
  const mean = (wanted: boolean) => {
    const own = visits.filter(({ version }) => (version === control) === wanted);
    return own.reduce((sum, { totalMs }) => sum + totalMs, 0) / own.length;
  };
  return {
    unitsAtCrossing: visits.filter(({ variant, answeredAtMs }) => variant !== null && answeredAtMs <= crossing.answeredAtMs).length,
    toControlMs: firstOld.sentAtMs - crossing.answeredAtMs,
    late: visits.filter(({ version, sentAtMs }) => version !== control && sentAtMs > crossing.answeredAtMs).length,
    slowdown: mean(false) / mean(true),
  };
}
