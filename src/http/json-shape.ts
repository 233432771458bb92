/** More than any request needs; a parser and the checks behind it take seconds for millions. */
export const maxJsonTokens = 200_000;
export const maxJsonDepth = 64;

const [quote, backslash, comma, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d];

/**
 * What makes a JSON text too costly to be parsed, as one sentence; null when nothing does. Reads bytes, not JSON: texts are stepped over at
 * the speed of a search, so that an image in base64 costs next to nothing.
 */
export function jsonShapeProblem(bytes: Buffer): string | null {
  let depth = 0;
  let tokens = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfText(bytes, at + 1);
    else if (byte === comma) tokens++;
    else if (byte === openBrace || byte === openBracket) {
      depth++;
      tokens++;
      if (depth > maxJsonDepth) return `The request body is nested more than ${maxJsonDepth} levels deep.`;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
    if (tokens > maxJsonTokens) return `The request body has more than ${maxJsonTokens} values. Send it in several requests.`;
  }
  return null;
}

/** Where the text that begins at `from` has its closing quote; the end of the bytes when it has none. */
function endOfText(bytes: Buffer, from: number): number {
  for (let end = bytes.indexOf(quote, from); end !== -1; end = bytes.indexOf(quote, end + 1)) {
    let slashes = 0;
    while (end - slashes > from && bytes[end - slashes - 1] === backslash) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return bytes.length;
}
