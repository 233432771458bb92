import { type AddressInfo, createServer, type Server } from 'node:net';

/** Where to listen, and the options that say so: an operator who must change something reads their names. */
export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly hostOption: string;
  readonly portOption: string;
}

/**
 * Listens and tells the port it got.
 * @throws Error with a sentence for the operator.
 */
export async function listen(server: Server, address: ListenAddress): Promise<number> {
  const { host, port } = address;
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new Error(sentence(error, address), { cause: error }));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/**
 * A sentence for each address that cannot be listened on now, so that all of them are told before anything slow starts.
 * They are tried together: two of them may be one and the same.
 */
export async function listenProblems(addresses: readonly ListenAddress[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const servers: Server[] = [];
  for (const address of addresses) {
    // Any free port is found when it is needed; looking for one here could take one of the others.
    if (address.port === 0) continue;
    const server = createServer();
    await listen(server, address).then(
      () => servers.push(server),
      (error: Error) => problems.push(error.message),
    );
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return problems;
}

function sentence({ code, message }: NodeJS.ErrnoException, { host, port, hostOption, portOption }: ListenAddress): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use. Set ${portOption} to another one, or 0 for any free port.`;
    case 'EACCES':
      return `Port ${port} may not be opened by this user. Set ${portOption} to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Set ${hostOption} to one of its own, for example 127.0.0.1 or 0.0.0.0.`;
    default:
      return `The server cannot listen on ${host}:${port}: ${message}`;
  }
}
