import type { StopStack } from './concurrency/stop-stack';
import { type Config, ConfigError } from './config';
import { type ListenAddress, listenProblems } from './http/listen';
import { DataDirLock } from './persistence/data-dir-lock';

/**
 * What another server may have already, refused at once, before the database takes its seconds to start.
 * @throws ConfigError with a sentence for each address that is taken
 */
export async function claim(dataDir: string, addresses: readonly ListenAddress[], parts: StopStack): Promise<void> {
  const lock = DataDirLock.acquire(dataDir);
  parts.add(() => lock.release());
  const problems = await listenProblems(addresses);
  if (problems.length > 0) throw new ConfigError(problems);
}

export function apiAddress({ HOST, PORT }: Pick<Config, 'HOST' | 'PORT'>): ListenAddress {
  return { host: HOST, port: PORT, hostOption: 'HOST', portOption: 'PORT' };
}

export function metricsAddress({ METRICS_HOST, HOST, METRICS_PORT }: Config): ListenAddress {
  return { host: METRICS_HOST ?? HOST, port: METRICS_PORT, hostOption: 'METRICS_HOST', portOption: 'METRICS_PORT' };
}
