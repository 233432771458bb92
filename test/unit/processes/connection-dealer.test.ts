import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { ConnectionDealer } from '../../../src/processes/connection-dealer';
import { eventually } from '../../integration/eventually';

class FakeSeat {
  hasRoom = true;
  readonly given: Socket[] = [];

  get connections(): number {
    return this.given.length;
  }

  give(socket: Socket): void {
    this.given.push(socket);
  }

  end(index: number): void {
    for (const socket of this.given.splice(index, 1)) socket.destroy();
  }
}

async function withDealer<T>(
  seats: readonly FakeSeat[],
  work: (dealer: ConnectionDealer, open: () => Promise<Socket>) => Promise<T>,
): Promise<T> {
  const dealer = new ConnectionDealer(seats);
  dealer.server.listen(0, '127.0.0.1');
  await once(dealer.server, 'listening');
  const clients: Socket[] = [];
  const open = async () => {
    const accepted = once(dealer.server, 'connection');
    const client = connect((dealer.server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    client.resume();
    clients.push(client);
    await accepted;
    return client;
  };
  try {
    return await work(dealer, open);
  } finally {
    dealer.close();
    for (const socket of [...clients, ...seats.flatMap((seat) => seat.given)]) socket.destroy();
  }
}

const happening = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'open' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), seat: fc.nat(), index: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const), seat: fc.nat() }) },
);

describe('ConnectionDealer', () => {
  it('gives each connection to a seat with room that has the fewest, and none while there is no room', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(happening, { maxLength: 25 }), async (count, plan) => {
        const seats = Array.from({ length: count }, () => new FakeSeat());
        await withDealer(seats, async (dealer, open) => {
          for (const one of plan) {
            const seat = seats['seat' in one ? one.seat % count : 0] as FakeSeat;
            if (one.kind === 'turn') {
              seat.hasRoom = !seat.hasRoom;
              dealer.deal();
            } else if (one.kind === 'end') seat.end(one.index % Math.max(1, seat.connections));
            else {
              const before = seats.map((each) => ({ hasRoom: each.hasRoom, connections: each.connections }));
              await open();
              const got = seats.findIndex((each, index) => each.connections > (before[index]?.connections ?? 0));
              const free = before.filter(({ hasRoom }) => hasRoom).map(({ connections }) => connections);
              if (free.length === 0) expect(got).toBe(-1);
              else expect(before[got]).toEqual({ hasRoom: true, connections: Math.min(...free) });
            }
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it('spreads evenly what comes in turn, and what waited for the first room', async () => {
    const seats = Array.from({ length: 4 }, () => new FakeSeat());
    await withDealer(seats, async (dealer, open) => {
      for (const seat of seats) seat.hasRoom = false;
      for (let i = 0; i < 8; i++) await open();
      expect(seats.map((seat) => seat.connections)).toEqual([0, 0, 0, 0]);
      for (const seat of seats) seat.hasRoom = true;
      dealer.deal();
      for (let i = 0; i < 8; i++) await open();
      expect(seats.map((seat) => seat.connections)).toEqual([4, 4, 4, 4]);
    });
  });

  it('ends those that wait when it closes', async () => {
    const seat = new FakeSeat();
    seat.hasRoom = false;
    await withDealer([seat], async (dealer, open) => {
      const client = await open();
      dealer.close();
      await eventually('the client hears of it', () => (client.closed ? true : null));
    });
  });
});
