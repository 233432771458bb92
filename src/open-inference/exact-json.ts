import { ProtocolError } from './protocol-error';

/** A whole number of so many digits may lie beyond 2^53, where JSON.parse rounds. */
const longInteger = /(?:^|[[,:\s])-?\d{16,}(?:$|[\],}\s])/;
const space = /[ \t\r\n]/;
/** Longer ones are beyond every type, and making bigints of them would cost the more the longer they are. */
const maxIntegerDigits = 40;
const marks: ReadonlySet<string> = new Set('[]{},:');
/** What follows a number or a word. */
const ends: ReadonlySet<string> = new Set(',]} \t\r\n');
const maxDepth = 64;

/**
 * JSON.parse, except that whole numbers beyond 2^53 come as bigint instead of being rounded.
 * @throws ProtocolError
 */
export function parseExactJson(text: string): unknown {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError(`The JSON is not valid: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
  return longInteger.test(text) ? new ExactReader(text).value(0) : plain;
}

/** Reads text that is known to be JSON, so that it looks for nothing but its numbers. */
class ExactReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): unknown {
    if (depth > maxDepth) throw new ProtocolError(`The JSON is nested more than ${maxDepth} levels deep.`);
    const first = this.#next();
    if (first === '[') return this.#array(depth);
    if (first === '{') return this.#object(depth);
    if (!/^-?\d{16,}$/.test(first) || first.length > maxIntegerDigits) return JSON.parse(first);
    const number = Number(first);
    return Number.isSafeInteger(number) ? number : BigInt(first);
  }

  #array(depth: number): unknown[] {
    const items: unknown[] = [];
    if (this.#skip(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.#next() === ',');
    return items;
  }

  #object(depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    if (this.#skip('}')) return {};
    do {
      const key: string = JSON.parse(this.#next());
      this.#next();
      entries.push([key, this.value(depth + 1)]);
    } while (this.#next() === ',');
    return Object.fromEntries(entries);
  }

  /** The next mark, text, number or word as it is written. */
  #next(): string {
    const text = this.#text;
    while (space.test(text.charAt(this.#at))) this.#at++;
    const from = this.#at++;
    const first = text.charAt(from);
    if (first === '"') {
      while (text.charAt(this.#at) !== '"') this.#at += text.charAt(this.#at) === '\\' ? 2 : 1;
      this.#at++;
    } else if (!marks.has(first)) {
      while (this.#at < text.length && !ends.has(text.charAt(this.#at))) this.#at++;
    }
    return text.slice(from, this.#at);
  }

  #skip(mark: string): boolean {
    const before = this.#at;
    if (this.#next() === mark) return true;
    this.#at = before;
    return false;
  }
}
