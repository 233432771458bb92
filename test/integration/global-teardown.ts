// biome-ignore lint/style/noDefaultExport: jest takes the default export of this file.
export default async function teardown(): Promise<void> {
  await (globalThis as unknown as { stopTouchstoneTestCluster: () => Promise<void> }).stopTouchstoneTestCluster();
}
