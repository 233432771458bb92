import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { PictureDecoder } from '../../../src/inference/picture-decoder';

const limits = { maxImageBytes: 100_000, maxImagePixels: 10_000 };
const background = { r: 200, g: 10, b: 20 };
/** More than are given to the decoding threads at once. */
const many = 8 * availableParallelism() + 4;

describe('PictureDecoder', () => {
  let bytes: Buffer;

  beforeAll(async () => {
    bytes = await sharp({ create: { width: 20, height: 10, channels: 3, background } })
      .png()
      .toBuffer();
  });

  it('decodes more than it decodes at once', async () => {
    const pictures = new PictureDecoder({ limits, elapsedMs: () => performance.now() });
    const decoded = await Promise.all(Array.from({ length: many }, () => pictures.decode(bytes, {})));
    expect(decoded.map(({ image: { width, height } }) => [width, height])).toEqual(Array(many).fill([20, 10]));
  });

  it('refuses a picture that would come too late, with what it needs afterwards counted, and still decodes the others', async () => {
    let nowMs = 0;
    const pictures = new PictureDecoder({ limits, elapsedMs: () => nowMs });
    // One that took 100 ms is all that is known of time.
    const first = pictures.decode(bytes, {});
    setImmediate(() => {
      nowMs = 100;
    });
    await first;
    const waiting = Array.from({ length: many }, () => pictures.decode(bytes, {}));
    const refusal = (withinMs: number, afterMs: number) =>
      pictures.refusal(bytes, { deadlineAtMs: nowMs + withinMs }, afterMs)?.name ?? null;
    expect([refusal(50, 0), refusal(1_000, 0), refusal(1_000, 950)]).toEqual(['QueueFullError', null, 'QueueFullError']);
    expect(await Promise.all(waiting)).toHaveLength(many);
  });

  it('passes on what is wrong with a picture', async () => {
    const pictures = new PictureDecoder({ limits, elapsedMs: () => performance.now() });
    await expect(pictures.decode(Buffer.from('no picture'), {})).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
    const gone = pictures.decode(bytes, { signal: { aborted: true, addEventListener() {}, removeEventListener() {} } });
    await expect(gone).rejects.toMatchObject({ name: 'AbortedError' });
  });
});
