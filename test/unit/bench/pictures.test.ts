import sharp from 'sharp';
import { makePictures } from '../../../bench/serving/pictures';

describe('synthetic pictures', () => {
  it('are the same in every run, and differ from each other', async () => {
    const [first, again] = [await makePictures(64, 48, 3), await makePictures(64, 48, 3)];
    expect(again).toEqual(first);
    expect(new Set(first.map(({ bytes }) => bytes.toString('base64'))).size).toBe(3);
  });

  it('are JPEGs of the size asked for, in colour', async () => {
    const [picture] = await makePictures(64, 48, 1);
    expect(await sharp(picture?.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 48, channels: 3 });
  });
});
