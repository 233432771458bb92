/*
 * IEEE 754 half precision (binary16) as its 16 bits: what tensors of float16 hold where the engine has no array of them.
 */

const bits = new DataView(new ArrayBuffer(8));
const infinity = 0x7c00;
const notANumber = 0x7e00;
/** From here on rounding to the nearest half gives infinity. */
export const halfOverflow = 65_520;
const smallestNormal = 2 ** -14;
/** Steps between subnormal halves. */
const subnormalStep = 2 ** -24;

/** Exact: every half is a double. */
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * subnormalStep;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest half, ties to even, rounded once: a way round by 32 bits would round twice. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return notANumber;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= halfOverflow) return sign | infinity;
  if (size < smallestNormal) return sign | roundHalfToEven(size / subnormalStep);
  bits.setFloat64(0, size);
  const exponent = ((bits.getUint16(0) >> 4) & 0x7ff) - 1023;
  // A fraction that rounds up to 1024 carries into the exponent, which is then right.
  return sign | (((exponent + 15) << 10) + roundHalfToEven((size / 2 ** exponent - 1) * 1024));
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below + (below % 2);
  return rest < 0.5 ? below : below + 1;
}
