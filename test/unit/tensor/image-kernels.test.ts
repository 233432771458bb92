import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ImageKernels } from '../../../src/tensor/image-kernels';

const mebibyte = 1024 * 1024;

describe('the binary of the kernels', () => {
  it('is what the .wat files say (node scripts/assemble-wasm.mjs writes it anew)', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/assemble-wasm.mjs', '--check'], {
      cwd: join(__dirname, '../../..'),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('ImageKernels', () => {
  it('gives pieces that begin at whole vectors and have one to spare', () => {
    const { room, at } = new ImageKernels().allot({ one: 1, two: 40, three: 65_536 });
    expect(at).toEqual({ one: 0, two: 32, three: 96 });
    expect(room.bytes.length).toBeGreaterThanOrEqual(96 + 65_536 + 16);
  });

  it('keeps a room that serves', () => {
    const kernels = new ImageKernels();
    const { room } = kernels.allot({ piece: 4 * mebibyte });
    expect(kernels.allot({ piece: mebibyte }).room).toBe(room);
  });

  it('lets go of a room that is larger than what a thread keeps', () => {
    const kernels = new ImageKernels();
    const { room } = kernels.allot({ piece: 20 * mebibyte });
    expect(room.bytes.length).toBeGreaterThanOrEqual(20 * mebibyte);
    const next = kernels.allot({ piece: mebibyte }).room;
    expect(next).not.toBe(room);
    expect(next.bytes.length).toBeLessThanOrEqual(16 * mebibyte);
  });

  it('refuses what is absurd', () => {
    expect(() => new ImageKernels().allot({ piece: 600 * mebibyte })).toThrow(RangeError);
  });
});
