import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Door } from '../../src/http/door';
import { ConnectionDealer } from '../../src/processes/connection-dealer';
import { DealtConnections } from '../../src/processes/dealt-connections';

/** The door of a serving process, with its primary in the same process. */
export async function dealtDoor(): Promise<Door> {
  let connections = 0;
  const dealer = new ConnectionDealer([
    {
      hasRoom: true,
      get connections() {
        return connections;
      },
      give: (socket) => {
        connections++;
        door.take(socket);
      },
    },
  ]);
  dealer.server.listen(0, '127.0.0.1');
  await once(dealer.server, 'listening');
  const door: DealtConnections = new DealtConnections({
    port: (dealer.server.address() as AddressInfo).port,
    onEnded: () => {
      connections--;
    },
    onClosing: () => {
      dealer.close();
      door.lastCame();
    },
  });
  return door;
}
