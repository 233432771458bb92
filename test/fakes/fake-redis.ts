import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

interface Kept {
  readonly value: Buffer;
  readonly expiresAtMs: number;
}

/**
 * As much of a Redis server as the store of answers needs, over a real socket, with moods: it may keep silent, or refuse. That it says what Redis says
 * is tested in `test/ops`, where the store's contract runs against the real one.
 */
export class FakeRedis {
  mood: 'well' | 'silent' | 'refusing' = 'well';
  /** Commands that came, the first word of each. */
  readonly commands: string[] = [];
  /** The same by the connection they came over: what an abandoned one still brings may come at any time. */
  readonly commandsByConnection: string[][] = [];
  connections = 0;
  readonly #kept = new Map<string, Kept>();
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** The same port each time. */
  async start(): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket)).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.#server) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#server = null;
    await closed;
  }

  forget(): void {
    this.#kept.clear();
  }

  #serve(socket: Socket): void {
    this.connections++;
    const commands: string[] = [];
    this.commandsByConnection.push(commands);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let unread = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      for (let read = readCommand(unread); read; read = readCommand(unread)) {
        unread = unread.subarray(read.bytes);
        commands.push(read.words[0]?.toString().toUpperCase() ?? '');
        const answer = this.#answer(read.words);
        if (answer) socket.write(answer);
      }
    });
  }

  #answer([command = Buffer.alloc(0), key = Buffer.alloc(0), value = Buffer.alloc(0), , ttlMs]: readonly Buffer[]): string | Buffer | null {
    const name = command.toString().toUpperCase();
    this.commands.push(name);
    if (this.mood === 'silent') return null;
    if (this.mood === 'refusing') return '-NOAUTH Authentication required.\r\n';
    if (name === 'SET') {
      this.#kept.set(key.toString(), { value, expiresAtMs: Date.now() + Number(ttlMs) });
      return '+OK\r\n';
    }
    if (name !== 'GET') return `-ERR unknown command '${name}'\r\n`;
    const kept = this.#kept.get(key.toString());
    if (!kept || kept.expiresAtMs <= Date.now()) return '$-1\r\n';
    return Buffer.concat([Buffer.from(`$${kept.value.length}\r\n`), kept.value, Buffer.from('\r\n')]);
  }
}

/** An array of bulk strings, as all clients send commands; null: not all of it has come. */
function readCommand(bytes: Buffer): { readonly words: readonly Buffer[]; readonly bytes: number } | null {
  let at = 0;
  const line = () => {
    const end = bytes.indexOf('\r\n', at);
    if (end === -1) return null;
    const text = bytes.toString('latin1', at, end);
    at = end + 2;
    return Number(text.slice(1));
  };
  const count = line();
  if (count === null) return null;
  const words: Buffer[] = [];
  for (let word = 0; word < count; word++) {
    const length = line();
    if (length === null || bytes.length < at + length + 2) return null;
    words.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
  return { words, bytes: at };
}
