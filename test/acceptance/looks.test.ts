import { LabelledTraffic } from './labelled-traffic';
import { eventually, Server } from './server';

interface Lift {
  readonly lower: number;
  readonly upper: number;
  readonly runningLower: number;
  readonly runningUpper: number;
}

interface Seen {
  readonly stoppedAt: string | null;
  readonly series: readonly {
    readonly look: number;
    readonly at: string;
    readonly absoluteLift: Lift | null;
    readonly runningPValue: number | null;
  }[];
  readonly results: {
    readonly metrics: readonly { readonly variants: readonly { readonly absoluteLift: Lift | null; readonly pValue: number | null }[] }[];
  };
}

const query = `{ experiment(key: "survivor") { stoppedAt
  series(maxPoints: 1000) { look at absoluteLift { lower upper runningLower runningUpper } runningPValue }
  results { metrics { variants { absoluteLift { lower upper } pValue } } } } }`;
const stopMutation = 'mutation { stopExperiment(key: "survivor", reason: "enough") { userErrors { message } } }';

describe('the looks of two processes at one experiment', () => {
  const server = new Server({ PROCESSES: '2' });
  const read = async () => (await server.data<{ experiment: Seen }>(query)).experiment;
  const counted = ({ series }: Seen) => series.filter(({ absoluteLift }) => absoluteLift !== null).length;

  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('are stored once, only ever narrow, go on after kill -9 and end with the experiment', async () => {
    const traffic = new LabelledTraffic();
    await traffic.begin(server, 2);
    for (const looks of [3, 6]) {
      if (looks > 3) {
        await server.kill('SIGKILL');
        await server.start();
      }
      let isOver = false;
      const running = traffic.run(server, 8, () => isOver);
      const seen = await eventually(read, (one) => counted(one) >= looks, 30_000).finally(() => {
        isOver = true;
      });
      await running;
      expect(counted(seen)).toBeGreaterThanOrEqual(looks);
    }
    await server.data(stopMutation);
    const isClosed = ({ series, stoppedAt }: Seen) => stoppedAt !== null && Date.parse(series.at(-1)?.at ?? '') >= Date.parse(stoppedAt);
    const seen = await eventually(read, isClosed);
    expect(isClosed(seen)).toBe(true);
    const points = seen.series.filter(({ absoluteLift }) => absoluteLift !== null);
    for (const [index, { look, absoluteLift: lift, runningPValue }] of points.entries()) {
      const before = points[index - 1];
      if (!lift || !before?.absoluteLift) continue;
      expect(look).toBeGreaterThan(before.look);
      expect(lift.runningLower).toBe(Math.max(before.absoluteLift.runningLower, lift.lower));
      expect(lift.runningUpper).toBe(Math.min(before.absoluteLift.runningUpper, lift.upper));
      expect(runningPValue).toBeLessThanOrEqual(before.runningPValue ?? 1);
    }
    const [last, shown] = [points.at(-1), seen.results.metrics[0]?.variants[1]];
    expect(shown?.absoluteLift?.lower).toBeGreaterThanOrEqual(last?.absoluteLift?.runningLower ?? Number.NaN);
    expect(shown?.absoluteLift?.upper).toBeLessThanOrEqual(last?.absoluteLift?.runningUpper ?? Number.NaN);
    expect(shown?.pValue).toBeLessThanOrEqual(last?.runningPValue ?? Number.NaN);
  });
});
