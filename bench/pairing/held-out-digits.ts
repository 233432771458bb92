import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HeldOutDigit {
  readonly file: string;
  /** The digit that it is. */
  readonly label: number;
  /** Base64. */
  readonly image: string;
}

const folder = join(__dirname, '../../../demo/data/digits');

/** The half of the sample digits that no version was trained on. */
export function heldOutDigits(): readonly HeldOutDigit[] {
  const [, ...rows] = readFileSync(join(folder, 'labels.csv'), 'utf8').trim().split(/\r?\n/);
  return rows.map((row) => {
    const [file, label] = row.split(',') as [string, string];
    return { file, label: Number(label), image: readFileSync(join(folder, 'images', file)).toString('base64') };
  });
}
