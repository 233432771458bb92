export interface HttpResponse {
  readonly status: number;
  /** A view of the bytes that were pushed: valid only while it is being told. */
  readonly body: Buffer;
  /** False: the server closes the connection after this one. */
  readonly keepsAlive: boolean;
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * The least of HTTP/1.1 that a load generator needs: responses with a `content-length`, one after another, in chunks cut anywhere.
 */
export class ResponseParser {
  readonly #onResponse: (response: HttpResponse) => void;
  #pending: Buffer | null = null;

  constructor(onResponse: (response: HttpResponse) => void) {
    this.#onResponse = onResponse;
  }

  /** @throws Error when the bytes are not such a response; the connection is of no use then. */
  push(chunk: Buffer): void {
    let rest = this.#pending ? Buffer.concat([this.#pending, chunk]) : chunk;
    this.#pending = null;
    while (rest.length > 0) {
      const length = this.#readOne(rest);
      if (length === 0) break;
      rest = rest.subarray(length);
    }
    // A copy: the socket reads its next chunk into the same memory.
    if (rest.length > 0) this.#pending = Buffer.from(rest);
  }

  /** @returns the bytes of the response that `bytes` begins with; 0: more are needed. */
  #readOne(bytes: Buffer): number {
    const end = bytes.indexOf(headEnd);
    if (end === -1) return 0;
    const head = bytes.toString('latin1', 0, end);
    const status = /^HTTP\/1\.([01]) (\d{3})/.exec(head);
    if (!status) throw new Error(`This is not an HTTP/1.1 response: ${head.slice(0, 60)}`);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (!length) throw new Error('The response has no content-length, which this load generator needs.');
    const bodyAt = end + headEnd.length;
    const total = bodyAt + Number(length[1]);
    if (bytes.length < total) return 0;
    const keepsAlive = status[1] === '1' ? !/\r\nconnection: *close/i.test(head) : /\r\nconnection: *keep-alive/i.test(head);
    this.#onResponse({ status: Number(status[2]), body: bytes.subarray(bodyAt, total), keepsAlive });
    return total;
  }
}
