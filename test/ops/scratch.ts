import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './tools';

/** A folder with copies of some files of the project and stand-ins for programs, found before the real ones. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'touchstone-ops-'));
  readonly #programs = join(this.folder, 'programs');

  constructor(files: readonly string[]) {
    for (const file of files) {
      mkdirSync(dirname(this.path(file)), { recursive: true });
      cpSync(join(root, file), this.path(file));
    }
    mkdirSync(this.#programs);
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  /** `body`: a shell script. */
  program(name: string, body: string): void {
    const file = join(this.#programs, name);
    writeFileSync(file, `#!/bin/bash\n${body}\n`);
    chmodSync(file, 0o755);
  }

  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${this.#programs}:/usr/bin:/bin`, SCRATCH: this.folder, ...more };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
