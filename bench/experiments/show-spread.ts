import type { Spread } from '../serving/spread';

/** @example showSpread({ median: 1.5, lowest: 1, highest: 2 }); // '1.50 (1.00..2.00)' */
export function showSpread(spread: Spread | null, digits = 2): string {
  if (!spread) return 'nothing measured';
  const [median, lowest, highest] = [spread.median, spread.lowest, spread.highest].map((value) => value.toFixed(digits));
  return `${median} (${lowest}..${highest})`;
}
