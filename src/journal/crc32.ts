import * as zlib from 'node:zlib';

const polynomial = 0xedb88320;

/** CRC-32 (IEEE 802.3) by table: for the few Node releases (21, 22.0, 22.1) whose zlib has none. */
export function tableCrc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table()[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

export const crc32: (bytes: Uint8Array) => number = typeof zlib.crc32 === 'function' ? (bytes) => zlib.crc32(bytes) : tableCrc32;

let cachedTable: Uint32Array | null = null;

function table(): Uint32Array {
  cachedTable ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });
  return cachedTable;
}
