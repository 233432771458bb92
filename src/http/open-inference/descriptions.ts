import type { Tally, VersionStatistics } from '../../live-stats/request-tallies';
import type { RegisteredModel, ServedVersion } from '../../model-registry/model-registry';
import type { ModelVersion } from '../../model-registry/model-version';

/** The bodies of everything but inference, in the words of the protocol and of Triton's extensions to it. */

export const extensions = ['binary_tensor_data', 'model_repository', 'schedule_policy', 'statistics'] as const;

export function modelMetadata({ name, versions }: RegisteredModel, { loaded }: ServedVersion): object {
  const { inputs, outputs, device } = loaded.description;
  return {
    name,
    versions: versions.flatMap(({ version, state }) => (state === 'READY' ? [version] : [])),
    platform: device === 'remote' ? 'open_inference' : 'onnx_onnxv1',
    inputs,
    outputs,
  };
}

export function repositoryIndex(models: readonly RegisteredModel[], readyOnly: boolean): readonly object[] {
  const versions = models.flatMap((model) => model.versions);
  return versions.filter(({ state }) => !readyOnly || state === 'READY').map(indexEntry);
}

/** In Triton's words. */
const indexStates = {
  LOADING: 'LOADING',
  READY: 'READY',
  DRAINING: 'UNLOADING',
  FAILED: 'UNAVAILABLE',
  UNLOADED: 'UNAVAILABLE',
} as const satisfies Record<ModelVersion['state'], string>;

function reasonOf(one: ModelVersion): string {
  if (one.state === 'UNLOADED') return 'unloaded';
  return one.state === 'FAILED' ? one.error : '';
}

function indexEntry(one: ModelVersion): object {
  return { name: one.model, version: one.version, state: indexStates[one.state], reason: reasonOf(one) };
}

/** Nanoseconds, and counts of requests; preparing is `compute_input`, reading the answer is counted with the model's own time. */
export function statisticsBody(versions: readonly VersionStatistics[]): object {
  return { model_stats: versions.map(versionBody) };
}

function versionBody(of: VersionStatistics): object {
  return {
    name: of.model,
    version: of.version,
    last_inference: of.lastInferenceAt?.getTime() ?? 0,
    inference_count: of.rows,
    execution_count: of.executions,
    inference_stats: {
      success: leaf(of.succeeded),
      fail: leaf(of.failed),
      queue: leaf(of.queue),
      compute_input: leaf(of.preprocess),
      compute_infer: leaf(of.execute),
      compute_output: leaf(of.postprocess),
      cache_hit: leaf(of.cacheHits),
      cache_miss: leaf(of.cacheMisses),
    },
    response_stats: {},
    batch_stats: of.batches.map(({ batchSize, preprocess, execute, postprocess }) => ({
      batch_size: batchSize,
      compute_input: leaf(preprocess),
      compute_infer: leaf(execute),
      compute_output: leaf(postprocess),
    })),
    memory_usage: [],
  };
}

function leaf({ count, ms }: Tally): object {
  return { count, ns: Math.round(ms * 1e6) };
}
