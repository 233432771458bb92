import { LabelledTraffic } from './labelled-traffic';
import { eventually, processesNaming, Server } from './server';

const kills = 10;
const visitors = 8;

describe('kill -9 under load', () => {
  const server = new Server();
  const traffic = new LabelledTraffic();

  beforeAll(async () => {
    await server.start();
    await traffic.begin(server);
  });
  afterAll(() => server.remove());

  it(`loses no acknowledged label and counts none twice, over ${kills} kills`, async () => {
    for (let round = 0; round < kills; round++) {
      let isKilled = false;
      const load = traffic.run(server, visitors, () => isKilled);
      await traffic.more(20 + 7 * round);
      isKilled = true;
      await server.kill('SIGKILL');
      await load;
      await server.start();
    }
    await traffic.expectExact(server);
    // A label whose receipt was cut off by the kill may be there too; no more than one a visitor and kill.
    expect(traffic.unanswered).toBeLessThanOrEqual(kills * visitors);
  });

  it('leaves no process behind', async () => {
    await server.kill('SIGKILL');
    expect(
      await eventually(
        async () => processesNaming(server.dataDir),
        (pids) => pids.length === 0,
      ),
    ).toEqual([]);
  });
});
