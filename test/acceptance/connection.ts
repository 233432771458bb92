import { Agent, get, request } from 'node:http';
import type { Answer, Server } from './server';

/** One connection, kept: all its requests reach the same process of a server. */
export class Connection {
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  /** The process at the other end, as it names itself. */
  replicaId = '';

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(server: Server): Promise<Connection> {
    const connection = new Connection(server);
    connection.replicaId = (
      await connection.data<{ serverInfo: { replicaId: string } }>('{ serverInfo { replicaId } }')
    ).serverInfo.replicaId;
    return connection;
  }

  /** One to each of `count` processes. */
  static async toEach(server: Server, count: number): Promise<readonly Connection[]> {
    const found = new Map<string, Connection>();
    for (let tries = 0; found.size < count && tries < 20 * count; tries++) {
      const connection = await Connection.open(server);
      if (found.has(connection.replicaId)) connection.close();
      else found.set(connection.replicaId, connection);
    }
    return [...found.values()];
  }

  /** The data of an operation that must succeed. */
  async data<T>(query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.#send(JSON.stringify({ query, variables }));
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data as T;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.#agent, headers: { 'content-type': 'application/json' } };
      const sent = request(`${this.#server.url}/graphql`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Answer));
      });
      sent.on('error', reject).end(body);
    });
  }
}

/** The status of a request on a connection of its own; 0 when it ended without an answer. */
export function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => resolve(response.resume().statusCode ?? 0)).on('error', () => resolve(0));
  });
}
