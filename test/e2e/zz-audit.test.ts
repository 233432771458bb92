import { startTestServer } from './http-harness';
it('audits', async () => {
  const house = await startTestServer();
  const { auditServer } = require('/tmp/edge-suite/node_modules/graphql-http/lib/audits/index.js');
  const results = await auditServer({ url: `${house.url}/graphql`, fetchFn: (u: string, i: RequestInit) => fetch(u, { ...i, headers: { ...(i.headers as object), 'apollo-require-preflight': 'true' } }) });
  const bad = results.filter((r: { status: string }) => r.status !== 'ok').map((r: { id: string; name: string; status: string; reason: string }) => `${r.status} ${r.id} ${r.name}: ${r.reason}`);
  process.stderr.write(`${results.length} audits\n${bad.join('\n')}\n`);
  await house.stop();
});
