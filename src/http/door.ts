import type { Server } from 'node:http';
import { type ListenAddress, listen } from './listen';

/** How connections come to a server. */
export interface Door {
  /** @returns the port that clients connect to. @throws Error with a sentence for the operator. */
  open(server: Server): Promise<number>;
  /** No new ones from here on; resolves when none is left. */
  close(server: Server): Promise<void>;
}

/** The usual door: the server listens itself. */
export class ListeningDoor implements Door {
  readonly #address: ListenAddress;

  constructor(address: ListenAddress) {
    this.#address = address;
  }

  open(server: Server): Promise<number> {
    return listen(server, this.#address);
  }

  close(server: Server): Promise<void> {
    return new Promise((resolve) => server.close(() => resolve()));
  }
}

export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
