/** Stateless; what is not ASCII goes through it, so a lone surrogate counts as U+FFFD, just as if the text had come over a wire. */
const utf8 = new TextEncoder();

/**
 * Our own hash, version 3, for one seed: 53 bits of a 64-bit hash, so that a coverage of 0.005 % means what it says and programs in other
 * languages agree on every text.
 *
 * The message is two fields, seed and value. A field is the count of its UTF-8 bytes as one 32-bit word, then its bytes in little-endian words, the
 * last filled up with zeros. As the count comes first, ("ab", "c") and ("a", "bc") are different messages. Each word w goes into two 32-bit lanes
 * with the block step of MurmurHash3_x86_128, the same word into both with other constants:
 *
 *     a = (rotl(a ^ rotl(w * c1, 15) * c2, 19) + b) * 5 + 0x561ccd1b
 *     b = (rotl(b ^ rotl(w * c3, 17) * c4, 13) + a) * 5 + 0x0bcaa747
 *
 * Each step can be undone when w is known, so no state is lost on the way. At the end, twice: a += b, b += a, a = fmix32(a), b = fmix32(b); then
 * a += b, b += a. The fraction is (b * 2^21 + the upper 21 bits of a) / 2^53. Good mixing, not a secret: it does not resist an attacker who picks ids.
 *
 * @param seed what makes two experiments independent. @returns a function from a value to a multiple of 2^-53 in 0 <= fraction < 1.
 * @see MurmurHash3 by Austin Appleby, public domain.
 * @example compileWideHash('seed')('a'); // 0.09126311153807365
 */
export function compileWideHash(seed: string): (value: string) => number {
  const lanes = new Int32Array([0x9e3779b9, 0x243f6a88]);
  addField(lanes, seed);
  const [seedA = 0, seedB = 0] = lanes;
  return (value) => {
    lanes[0] = seedA;
    lanes[1] = seedB;
    addField(lanes, value);
    return toFraction(lanes[0] as number, lanes[1] as number);
  };
}

function addField(lanes: Int32Array, text: string): void {
  const bytes = isAscii(text) ? null : utf8.encode(text);
  const byteCount = bytes === null ? text.length : bytes.length;
  let a = lanes[0] as number;
  let b = lanes[1] as number;
  for (let position = -4; position < byteCount; position += 4) {
    const word = position < 0 ? byteCount : bytes === null ? asciiWord(text, position) : byteWord(bytes, position);
    a ^= Math.imul(rotate(Math.imul(word, 0x239b961b), 15), 0xab0e9789);
    a = (Math.imul(rotate(a, 19) + b, 5) + 0x561ccd1b) | 0;
    b ^= Math.imul(rotate(Math.imul(word, 0x38b34ae5), 17), 0xa1e38b93);
    b = (Math.imul(rotate(b, 13) + a, 5) + 0x0bcaa747) | 0;
  }
  lanes[0] = a;
  lanes[1] = b;
}

function toFraction(laneA: number, laneB: number): number {
  let a = laneA;
  let b = laneB;
  for (let round = 0; round < 2; round++) {
    a = (a + b) | 0;
    b = (b + a) | 0;
    a = finish(a);
    b = finish(b);
  }
  a = (a + b) | 0;
  b = (b + a) | 0;
  return ((b >>> 0) * 0x20_0000 + (a >>> 11)) / 0x20_0000_0000_0000;
}

/** fmix32 of MurmurHash3: each bit of the input changes each bit of the output with a probability of about one half. */
function finish(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}

function isAscii(text: string): boolean {
  let seen = 0;
  for (let index = 0; index < text.length; index++) seen |= text.charCodeAt(index);
  return seen < 128;
}

function asciiWord(text: string, position: number): number {
  const end = Math.min(position + 4, text.length);
  let word = 0;
  for (let index = position; index < end; index++) word |= text.charCodeAt(index) << (8 * (index - position));
  return word;
}

function byteWord(bytes: Uint8Array, position: number): number {
  const end = Math.min(position + 4, bytes.length);
  let word = 0;
  for (let index = position; index < end; index++) word |= (bytes[index] as number) << (8 * (index - position));
  return word;
}
