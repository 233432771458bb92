/**
 * Assembles src/tensor/*.wat into src/tensor/image-kernels-binary.ts. With --check it writes nothing and fails when the two differ;
 * a test does that.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const room = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'tensor');
const binaryFile = join(room, 'image-kernels-binary.ts');
const { parseWat } = await wabt();

function assemble(name) {
  const module = parseWat(`${name}.wat`, readFileSync(join(room, `${name}.wat`), 'utf8'), { simd: true });
  const { buffer } = module.toBinary({ write_debug_names: false });
  module.destroy();
  return `export const ${name}Binary =\n  '${Buffer.from(buffer).toString('base64')}';\n`;
}

const text = [
  '/** Written by scripts/assemble-wasm.mjs from resampling.wat and pixels.wat: WebAssembly modules in base64. */\n\n',
  assemble('resampling'),
  assemble('pixels'),
].join('');

if (!process.argv.includes('--check')) writeFileSync(binaryFile, text);
else if (readFileSync(binaryFile, 'utf8') !== text) {
  process.stderr.write('src/tensor/image-kernels-binary.ts is not what the .wat files say. Run `node scripts/assemble-wasm.mjs`.\n');
  process.exit(1);
}
