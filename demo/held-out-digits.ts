import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Digit {
  readonly file: string;
  readonly png: Buffer;
  /** What it really is, 0..9. */
  readonly label: number;
}

/** The half of the handwritten digits that no version was trained on, in an order that mixes the classes. */
export function heldOutDigits(): readonly Digit[] {
  const folder = join(process.cwd(), 'demo/data/digits');
  const [, ...rows] = readFileSync(join(folder, 'labels.csv'), 'utf8').trim().split(/\r?\n/);
  return rows.map((row) => {
    const [file, label] = row.split(',') as [string, string];
    return { file, png: readFileSync(join(folder, 'images', file)), label: Number(label) };
  });
}
