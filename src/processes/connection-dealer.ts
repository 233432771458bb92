import { createServer, type Server, type Socket } from 'node:net';

/** Who takes connections. */
export interface Seat {
  readonly hasRoom: boolean;
  readonly connections: number;
  give(socket: Socket): void;
}

/** More clients than this do not wait for a process to have room. */
const maxWaiting = 1024;

/** Accepts connections and gives each to the seat that has the fewest; while there is none, they wait. */
export class ConnectionDealer {
  /** What listens: only its connections are dealt. */
  readonly server: Server;
  readonly #seats: readonly Seat[];
  #waiting: Socket[] = [];
  #next = 0;

  constructor(seats: readonly Seat[]) {
    this.#seats = seats;
    // Not a byte is read here: the process that serves it reads all. As in an HTTP server, small answers are not held back.
    this.server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => {
      // A client that is gone before it was given away; nothing to tell it.
      socket.on('error', () => socket.destroy());
      this.#waiting.push(socket);
      if (this.#waiting.length > maxWaiting) this.#waiting.shift()?.destroy();
      this.deal();
    });
  }

  /** To be called when a seat has room again. */
  deal(): void {
    for (let seat = this.#emptiest(); seat && this.#waiting.length > 0; seat = this.#emptiest()) {
      seat.give(this.#waiting.shift() as Socket);
    }
  }

  /** No new ones from here on. */
  close(): void {
    if (this.server.listening) this.server.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
  }

  /** Of several with as few, each in turn. */
  #emptiest(): Seat | null {
    const { length } = this.#seats;
    const inTurn = this.#seats.map((_, index) => this.#seats[(this.#next + index) % length] as Seat).filter((seat) => seat.hasRoom);
    const found = inTurn.reduce<Seat | null>((best, seat) => (best && best.connections <= seat.connections ? best : seat), null);
    if (found) this.#next = (this.#seats.indexOf(found) + 1) % length;
    return found;
  }
}
