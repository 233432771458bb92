/**
 * Inks to colours as Pillow's `convert('RGB')` does it: (255 - ink) (255 - black) / 255, rounded, without any profile of a printer.
 * @param inks cyan, magenta, yellow and black of each pixel, 0 (none) to 255
 * @returns red, green and blue of each pixel
 */
export function inksToRgb(inks: Uint8Array): Uint8Array {
  const colours = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4) {
    const light = 255 - (inks[from + 3] as number);
    for (let ink = 0; ink < 3; ink++) colours[to++] = light - share(inks[from + ink] as number, light);
  }
  return colours;
}

/** a b / 255, rounded: exact for bytes. */
function share(a: number, b: number): number {
  const product = a * b + 128;
  return (product + (product >> 8)) >> 8;
}
