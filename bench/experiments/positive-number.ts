/** @throws Error with a sentence that names the option. */
export function positiveNumber(option: string, text: string, { mayBeFraction = false } = {}): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value) && (mayBeFraction || Number.isInteger(value))) return value;
  throw new Error(`${option} must be a positive ${mayBeFraction ? '' : 'whole '}number, not "${text}".`);
}
