import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Who may ask: the bearer of the key, or, where no key is set, programs on this machine. */
export type Authentication = { readonly ok: true; readonly actor: string } | { readonly ok: false; readonly problem: string };

const keyNeeded =
  'Send the API key as "Authorization: Bearer <key>" (over WebSocket: connection_init with { "authorization": "Bearer <key>" }).';
const keyWrong = 'The API key is not the one of this server.';
const localOnly =
  'Without an API key only programs on this machine are served, directly and under a local host name. Set ADMIN_API_KEY to serve others.';
const forwardedHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

export class Authenticator {
  readonly #keyDigest: Buffer | null;

  /** `adminApiKey` null: none is set. */
  constructor(adminApiKey: string | null) {
    this.#keyDigest = adminApiKey === null ? null : digest(adminApiKey);
  }

  /** `authorization`: what came by another way than the header, which wins over it. */
  authenticate(request: IncomingMessage, authorization: unknown = request.headers.authorization): Authentication {
    if (this.#keyDigest === null) return isLocal(request) ? { ok: true, actor: 'local' } : { ok: false, problem: localOnly };
    if (typeof authorization !== 'string' || authorization === '') return { ok: false, problem: keyNeeded };
    const key = authorization.replace(/^Bearer +/i, '');
    // Digests have one length whatever the key, so that the comparison tells nothing by its time.
    return timingSafeEqual(digest(key), this.#keyDigest) ? { ok: true, actor: 'admin' } : { ok: false, problem: keyWrong };
  }
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** A proxy on this machine would make the whole world look local; its headers give it away. A foreign Host is how DNS rebinding shows. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  if (!isLoopbackAddress(socket.remoteAddress ?? '')) return false;
  if (forwardedHeaders.some((name) => headers[name] !== undefined)) return false;
  return isLocalHost(headers);
}

function isLocalHost({ host }: IncomingHttpHeaders): boolean {
  if (host === undefined) return false;
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
