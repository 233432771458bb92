/**
 * Compiles what is stale into dist/. The stamp holds the newest change among the sources, so that a second start costs milliseconds.
 * All output goes to stderr: stdout belongs to the one line that says where the server is.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'dist', '.built');
const sources = ['src', 'migrations', 'demo', 'bench', 'ormconfig.ts', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

function fingerprint(path) {
  if (!existsSync(path)) return [];
  const info = statSync(path);
  if (!info.isDirectory()) return /\.(ts|json)$/.test(path) ? [`${path}:${info.size}:${info.mtimeMs}`] : [];
  return readdirSync(path)
    .sort()
    .flatMap((name) => fingerprint(join(path, name)));
}

const wanted = sources.flatMap((source) => fingerprint(join(root, source))).join('\n');
const built = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';

if (wanted !== built) {
  let compiler;
  try {
    compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    process.stderr.write(
      'TypeScript is not installed, so the sources cannot be built. Run `npm ci` (with its development dependencies) first.\n',
    );
    process.exit(1);
  }
  process.stderr.write('Building ...\n');
  // Files of sources that were deleted or renamed must not live on in dist/.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const result = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) process.exit(result.status ?? 1);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stampFile, wanted);
}
