import type { OpenRange } from './lift-evidence';
import type { Metric } from './metric';
import type { Contradiction, VariantResult } from './metric-result';
import { percent, show } from './say-number';

/** For the verdict: what was excluded when, how unlikely that was, and what may have happened. */
export function sayContradiction({ name }: Metric, variant: string, contradiction: Contradiction, alpha: number): string {
  return [
    `${name} of ${variant} contradicts itself: ${ranges(contradiction)}.`,
    `While units do not depend on each other and the difference stays what it is, that happens with a probability of at most ${percent(alpha)}, so no verdict is given.`,
    'The effect may have changed over time, outcomes may have come late or been corrected, or units may depend on each other. Find out which, and start a new experiment.',
  ].join(' ');
}

/** For a sentence after the verdict, of what does not decide. */
export function sayContradictionBriefly({ name }: Metric, { variant }: VariantResult, contradiction: Contradiction): string {
  const share = contradiction.scale === 'RELATIVE' ? ' as a share of the control' : '';
  return `${name} of ${variant}${share} contradicts itself: ${ranges(contradiction)}; do not build on it.`;
}

function ranges({ scale, at, earlier, later }: Contradiction): string {
  const say = scale === 'RELATIVE' ? percent : show;
  const when = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `all looks before ${when} together leave a lift of ${sayRange(earlier, say)}, and the look of then ${sayRange(later, say)}`;
}

/** Of a clash each range has at least one end. */
function sayRange({ lower, upper }: OpenRange, say: (value: number) => string): string {
  if (lower === null) return `at most ${say(upper ?? 0)}`;
  return upper === null ? `at least ${say(lower)}` : `${say(lower)} to ${say(upper)}`;
}
