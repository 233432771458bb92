import { Agent, request } from 'node:http';

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly object[];
}

/** Keeps its connections, so that a request costs no handshake. */
export class GraphqlConnection {
  readonly #agent = new Agent({ keepAlive: true, noDelay: true });
  readonly #target: { readonly host: string; readonly port: number };

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
  }

  /** @throws Error with what came instead of data. */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const text = await this.#send(JSON.stringify({ query, variables }));
    const { data, errors } = JSON.parse(text) as Answer<T>;
    if (errors || !data) throw new Error(`The server answered ${text.slice(0, 500)}`);
    return data;
  }

  /** A form that must not be refused. @throws Error with its sentences. */
  async submit(mutation: string, variables: object): Promise<void> {
    const answer = await this.ask<Record<string, { readonly userErrors: readonly { readonly message: string }[] }>>(mutation, variables);
    const sentences = Object.values(answer).flatMap(({ userErrors }) => userErrors.map(({ message }) => message));
    if (sentences.length > 0) throw new Error(sentences.join(' '));
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(body: string): Promise<string> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request({ ...this.#target, agent: this.#agent, method: 'POST', path: '/graphql', headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
        response.on('end', () => resolve(Buffer.concat(parts).toString()));
      });
      sent.on('error', reject).end(body);
    });
  }
}
