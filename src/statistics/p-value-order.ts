/** The p-values from small to large, each with its place in the input. @throws RangeError when one is outside 0..1. */
export function ascendingOrder(pValues: readonly number[]): { readonly pValue: number; readonly index: number }[] {
  const outside = pValues.find((pValue) => !(pValue >= 0 && pValue <= 1));
  if (outside !== undefined) throw new RangeError(`A p-value must lie between 0 and 1, not ${outside}.`);
  return pValues.map((pValue, index) => ({ pValue, index })).sort((a, b) => a.pValue - b.pValue);
}
