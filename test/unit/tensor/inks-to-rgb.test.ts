import { inksToRgb } from '../../../src/tensor/inks-to-rgb';

describe('inksToRgb', () => {
  it('gives what Pillow 9.4 gives', () => {
    const inks = [0, 0, 0, 0, 255, 0, 255, 0, 255, 255, 255, 255, 10, 200, 30, 40, 151, 205, 77, 0, 1, 2, 3, 254];
    expect([...inksToRgb(Uint8Array.from(inks))]).toEqual([255, 255, 255, 0, 255, 0, 0, 0, 0, 207, 46, 190, 104, 50, 178, 1, 1, 1]);
  });

  it('is the rounded product for every pair of ink and black', () => {
    for (let ink = 0; ink < 256; ink++) {
      const row = Uint8Array.from({ length: 1024 }, (_, at) => (at % 4 === 0 ? ink : at % 4 === 3 ? at >> 2 : 0));
      const colours = inksToRgb(row);
      for (let black = 0; black < 256; black++) {
        const light = 255 - black;
        expect(colours[3 * black]).toBe(light - Math.round((ink * light) / 255));
        expect(colours[3 * black + 1]).toBe(light);
      }
    }
  });
});
