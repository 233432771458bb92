import type { RegisteredModel } from '../../model-registry/model-registry';
import type { ModelDescription, ModelVersion } from '../../model-registry/model-version';
import type { ModelType, ModelVersionType } from './model.type';

const bytesPerMb = 1024 ** 2;

export function toModel({ name, kind, versions, labels }: RegisteredModel): ModelType {
  return { name, kind: kind ?? 'unknown', versions: versions.map(toModelVersion), labels };
}

function toModelVersion(version: ModelVersion): ModelVersionType {
  const description = version.state === 'READY' ? version.description : null;
  return {
    model: version.model,
    version: version.version,
    state: version.state,
    sha256: version.sha256,
    device: description?.device ?? 'none',
    threads: description?.threads ?? null,
    parameterCount: description?.parameterCount ?? null,
    sizeBytes: version.sizeBytes,
    sizeMb: version.sizeBytes / bytesPerMb,
    inputs: description?.inputs ?? [],
    outputs: description?.outputs ?? [],
    classLabels: description?.classLabels ?? [],
    features: description?.features ?? [],
    preprocessing: description && toPreprocessing(description),
    loadedAt: version.state === 'READY' ? version.loadedAt : null,
    error: errorOf(version),
  };
}

function errorOf(version: ModelVersion): string | null {
  if (version.state === 'READY') return version.reloadError;
  return version.state === 'FAILED' ? version.error : null;
}

function toPreprocessing({ kind, preprocessing, layout, channelOrder }: ModelDescription): ModelVersionType['preprocessing'] {
  return kind === 'image' ? { steps: preprocessing, layout, channelOrder } : null;
}
