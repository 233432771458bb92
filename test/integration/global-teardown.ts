import { rmSync } from 'node:fs';
import type { EmbeddedPostgres } from '../../src/persistence/embedded-postgres';

// biome-ignore lint/style/noDefaultExport: jest takes the default export of this file.
export default async function teardown(): Promise<void> {
  const { cluster, dataDir } = (globalThis as unknown as { touchstoneTestCluster: { cluster: EmbeddedPostgres; dataDir: string } }).touchstoneTestCluster;
  await cluster.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
