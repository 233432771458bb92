import fc from 'fast-check';
import { ResponseParser } from '../../../bench/load/response-parser';

interface Told {
  readonly status: number;
  readonly body: string;
  readonly keepsAlive: boolean;
}

const aResponse = fc.record({
  status: fc.integer({ min: 200, max: 599 }),
  body: fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n')),
  keepsAlive: fc.boolean(),
  header: fc.constantFrom('Content-Length', 'content-length', 'CONTENT-LENGTH'),
});

function encode({ status, body, keepsAlive, header }: Told & { readonly header: string }): Buffer {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 ${status} Any Reason\r\nX-Other: content-length of 5\r\n${header}: ${bytes.length}\r\nConnection: ${keepsAlive ? 'keep-alive' : 'close'}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** All chunks come in one buffer that is written over each time, as the socket does it. */
function parse(bytes: Buffer, cuts: readonly number[]): readonly Told[] {
  const told: Told[] = [];
  const parser = new ResponseParser(({ status, body, keepsAlive }) => told.push({ status, body: body.toString(), keepsAlive }));
  const shared = Buffer.alloc(bytes.length);
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    bytes.copy(shared, 0, from, end);
    if (end > from) parser.push(shared.subarray(0, end - from));
    shared.fill(0xff);
    from = end;
  }
  return told;
}

describe('the response parser', () => {
  it('tells the same responses however their bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(aResponse, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(), { maxLength: 30 }), (responses, cuts) => {
        const expected = responses.map(({ status, body, keepsAlive }) => ({ status, body: Buffer.from(body).toString(), keepsAlive }));
        expect(parse(Buffer.concat(responses.map(encode)), cuts)).toEqual(expected);
      }),
    );
  });

  it('tells nothing before the last byte', () => {
    const bytes = encode({ status: 200, body: 'whole', keepsAlive: true, header: 'content-length' });
    expect(parse(bytes.subarray(0, -1), [])).toEqual([]);
  });

  it.each([
    ['something else', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a response without a length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
  ])('refuses %s', (_, text) => expect(() => parse(Buffer.from(text), [])).toThrow());

  it('takes an HTTP/1.0 response for the last one unless it says otherwise', () => {
    expect(parse(Buffer.from('HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'), [])[0]?.keepsAlive).toBe(false);
    expect(parse(Buffer.from('HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n'), [])[0]?.keepsAlive).toBe(true);
  });
});
