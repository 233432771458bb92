import { createHash } from 'node:crypto';

const maxTimeMs = 2 ** 48 - 1;
const uuidShape = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 bits of the ten random bytes. */
export function createEventId(nowMs: number, randomBytes: Uint8Array): string {
  if (!Number.isInteger(nowMs) || nowMs < 0 || nowMs > maxTimeMs) throw new RangeError(`nowMs must be whole and fit 48 bits, not ${nowMs}`);
  if (randomBytes.length !== 10) throw new RangeError(`randomBytes must be 10 bytes, not ${randomBytes.length}`);
  const time = nowMs.toString(16).padStart(12, '0');
  const bytes = Buffer.from(randomBytes);
  bytes[0] = 0x70 | ((bytes[0] as number) & 0x0f);
  bytes[2] = 0x80 | ((bytes[2] as number) & 0x3f);
  const tail = bytes.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}

/** The time in an event id; null when it is not a UUID of version 7. */
export function eventIdTimeMs(id: string): number | null {
  const match = uuidShape.exec(id);
  return match ? Number.parseInt(`${match[1]}${match[2]}`, 16) : null;
}

export interface EventKey {
  /** Keeps keys of different operations and models apart. */
  readonly scope: string;
  readonly key: string;
  /** Start of a UTC day: every replica derives the same id for the same key on that day. */
  readonly dayStartMs: number;
}

/** The UUIDv7-shaped id of an idempotency key: the day, then SHA-256 of scope and key (each with its length, so that they never run together). */
export function eventIdFromKey({ scope, key, dayStartMs }: EventKey): string {
  const hash = createHash('sha256');
  for (const part of [scope, key]) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return createEventId(dayStartMs, hash.digest().subarray(0, 10));
}
