import type { StopStack } from '../concurrency/stop-stack';
import type { InferenceEngine } from '../model-registry/inference-engine';
import type { AnswerStore } from './answer-cache/answer-store';
import { CachingEngine, type CachingEngineOptions } from './answer-cache/caching-engine';
import { ManifestEngine } from './manifest-engine';
import { defaultBatching, type EngineOptions, OnnxInferenceEngine } from './onnx-inference-engine';
import { picturePolicy } from './picture-memory';
import { RemoteInferenceEngine } from './remote/remote-inference-engine';

export interface CacheSettings extends Pick<CachingEngineOptions, 'build' | 'onLookup'> {
  /** Where replicas keep answers together; null: each keeps its own. */
  readonly redisUrl: string | null;
}

/** The engine of a server: versions that run here or elsewhere, and those of both that keep their answers. */
export async function startEngine(
  serving: Omit<EngineOptions, 'batching' | 'pictures'>,
  { redisUrl, ...cache }: CacheSettings,
  parts: StopStack,
): Promise<InferenceEngine> {
  const options: EngineOptions = { ...serving, batching: defaultBatching, pictures: picturePolicy() };
  const { elapsedMs } = options;
  const inner = new ManifestEngine({
    local: new OnnxInferenceEngine(options),
    remote: new RemoteInferenceEngine({ ...options, random: Math.random }),
  });
  const shared = redisUrl === null ? null : await openRedis(redisUrl, options, parts);
  return new CachingEngine({ ...cache, inner, shared, elapsedMs });
}

/** Its client is loaded by those who use it: it takes a fifth of a second. */
async function openRedis(url: string, { elapsedMs, logger }: EngineOptions, parts: StopStack): Promise<AnswerStore> {
  const { RedisAnswerStore } = await import('./answer-cache/redis-answer-store.js');
  const store = new RedisAnswerStore({ url, elapsedMs, logger });
  parts.add(async () => store.stop());
  return store;
}
