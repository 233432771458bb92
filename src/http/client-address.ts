import type { IncomingMessage } from 'node:http';

/** Where a request comes from. What X-Forwarded-For says counts only behind a proxy that the operator trusts: anybody can send it. */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  // The last entry is the one that our own proxy wrote; those before it came from outside.
  const nearest = [forwarded].flat().join(',').split(',').at(-1)?.trim();
  return nearest || request.socket.remoteAddress || 'unknown';
}
