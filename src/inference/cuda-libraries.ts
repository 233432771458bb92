import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the runtime loads when it shall compute on CUDA. Too large for its npm package, so they are installed apart (docs/cuda.md). */
const providerFiles = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

/** Why the runtime in this folder cannot use CUDA at all; null: it may. */
export function cudaProviderProblem(folder: string, platform = `${process.platform}/${process.arch}`): string | null {
  if (platform !== 'linux/x64') return `onnxruntime for Node computes on CUDA on linux/x64 only, and this is ${platform}.`;
  const missing = providerFiles.filter((file) => !existsSync(join(folder, file)));
  if (missing.length === 0) return null;
  return `${missing.join(' and ')} of onnxruntime ${missing.length === 1 ? 'is' : 'are'} not installed.`;
}

/** The library of NVIDIA's that the runtime did not find: it only logs the name, so its CUDA provider is opened again; null: all are there. */
export function missingCudaLibrary(folder: string): string | null {
  try {
    process.dlopen({ exports: {} }, join(folder, 'libonnxruntime_providers_cuda.so'));
  } catch (error) {
    // When all were found, what fails is that it is no addon of Node.
    const [, library] = /(lib[^\s:]+\.so[.\d]*): cannot open shared object file/.exec(String(error)) ?? [];
    if (library !== undefined) return `${library} is not installed.`;
  }
  return null;
}
