import sharp from 'sharp';
import { decodeImage } from '../../../src/inference/decode-image';
import { planImage } from '../../../src/inference/image-plan';
import { ThreadPictureMemory } from '../../../src/inference/picture-memory';
import { PictureReader } from '../../../src/inference/picture-reader';
import { PicturePreparation } from '../../../src/inference/picture-tensor';

const limits = { maxImageBytes: 100_000, maxImagePixels: 10_000 };
const plan = planImage([{ name: 'x', datatype: 'FP32', shape: [-1, 3, 8, 8] }], {});

const noise = (width: number, height: number, seed: number) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * seed) % 251),
    { raw: { width, height, channels: 3 } },
  )
    .png()
    .toBuffer();

describe('PictureReader', () => {
  const reader = new PictureReader(
    plan,
    limits,
    new ThreadPictureMemory(() => {
      throw new Error('no picture here is large');
    }),
  );
  const files = async () => Promise.all([noise(20, 10, 7), noise(8, 8, 11), noise(90, 100, 13)]);

  it('makes files the tensor that their decoded pictures make, in their order', async () => {
    const pictures = await files();
    const { tensor, inputFeatures, refused } = await reader.read(pictures);
    const decoded = await Promise.all(pictures.map((bytes) => decodeImage(bytes, limits)));
    expect(tensor).toEqual(new PicturePreparation(plan).tensorOf(decoded));
    expect(inputFeatures.map((features) => Object.keys(features).length)).toEqual([6, 6, 6]);
    expect(refused).toEqual([]);
  });

  it('says which are refused and why, and reads their neighbours', async () => {
    const [a, b] = await files();
    const tooLarge = await noise(101, 100, 3);
    const { tensor, inputFeatures, refused } = await reader.read([Buffer.from('no picture'), a as Buffer, tooLarge, b as Buffer]);
    expect([...refused].sort((one, other) => one.row - other.row)).toEqual([
      { row: 0, code: 'INVALID_IMAGE', message: expect.stringMatching(/\.$/) },
      { row: 2, code: 'IMAGE_TOO_LARGE', message: expect.stringMatching(/\.$/) },
    ]);
    const rowLength = 3 * 8 * 8;
    const alone = (await reader.read([b as Buffer])).tensor.data as Float32Array;
    expect((tensor.data as Float32Array).subarray(3 * rowLength)).toEqual(alone);
    expect(inputFeatures.map((features) => Object.keys(features).length)).toEqual([0, 6, 0, 6]);
  });
});
