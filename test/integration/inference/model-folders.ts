import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A models folder of a test's own. */
export class ModelFolders {
  readonly root = mkdtempSync(join(tmpdir(), 'touchstone-models-'));

  /** @returns the version's folder. */
  add(model: string, version: string, onnx: Uint8Array | null, manifest?: object | string): string {
    const directory = join(this.root, model, version);
    mkdirSync(directory, { recursive: true });
    if (onnx) writeFileSync(join(directory, 'model.onnx'), onnx);
    if (manifest !== undefined)
      writeFileSync(join(directory, 'model.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
    return directory;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
