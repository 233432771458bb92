import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { type ListenAddress, listen, listenProblems } from '../../src/http/listen';

const api = (port: number): ListenAddress => ({ host: '127.0.0.1', port, hostOption: 'HOST', portOption: 'PORT' });
const metrics = (port: number): ListenAddress => ({ host: '127.0.0.1', port, hostOption: 'METRICS_HOST', portOption: 'METRICS_PORT' });

const holders: Server[] = [];
async function aBusyPort(): Promise<number> {
  const holder = createServer();
  holders.push(holder);
  return listen(holder, api(0));
}
async function release(): Promise<void> {
  for (const holder of holders.splice(0)) await once(holder.close(), 'close');
}
afterEach(release);

describe('the addresses of a start', () => {
  it('are all told that are in use, each with its option', async () => {
    const [first, second] = [await aBusyPort(), await aBusyPort()];
    expect(await listenProblems([api(first), metrics(second)])).toEqual([
      `Port ${first} on 127.0.0.1 is in use. Set PORT to another one, or 0 for any free port.`,
      `Port ${second} on 127.0.0.1 is in use. Set METRICS_PORT to another one, or 0 for any free port.`,
    ]);
  });

  it('that are free stay free', async () => {
    const port = await aBusyPort();
    await release();
    expect(await listenProblems([api(port), metrics(0)])).toEqual([]);
    const server = createServer();
    holders.push(server);
    expect(await listen(server, api(port))).toBe(port);
  });

  it('may not be one and the same, unless each takes any free port', async () => {
    const port = await aBusyPort();
    await release();
    expect(await listenProblems([api(port), metrics(port)])).toEqual([expect.stringContaining('Set METRICS_PORT')]);
    expect(await listenProblems([api(0), metrics(0)])).toEqual([]);
  });

  it('name the option of a host that is not of this machine', async () => {
    // 192.0.2.0/24 is kept for documentation: no machine has such an address.
    expect(await listenProblems([{ ...metrics(1), host: '192.0.2.1' }])).toEqual([expect.stringContaining('Set METRICS_HOST')]);
  });
});
