import { Agent, request } from 'node:http';

export interface OutcomeAnswer {
  readonly __typename: 'Receipt' | 'OutcomeFailure';
  readonly id?: string;
  readonly index?: number;
  readonly code?: string;
  readonly message?: string;
}

export interface Counted {
  readonly units: number;
  readonly ingestLagMs: number;
  /** Mean over units times units, by metric. */
  readonly totals: Readonly<Record<string, number>>;
}

interface Payload {
  readonly userErrors: readonly { readonly message: string }[];
}

interface Results {
  readonly units: number;
  readonly ingestLagMs: number;
  readonly metrics: readonly {
    readonly metric: string;
    readonly variants: readonly { readonly units: number; readonly mean: number | null }[];
  }[];
}

const outcomesMutation = `mutation ($input: [OutcomeInput!]!) { recordOutcomes(input: $input) { __typename
  ... on Receipt { id } ... on OutcomeFailure { index code message } } }`;
const resultsQuery =
  'query ($key: String!) { experiment(key: $key) { results { units ingestLagMs metrics { metric variants { units mean } } } } }';

/** Speaks GraphQL with the server whose import is measured. */
export class ImportClient {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  async recordOutcomes(input: readonly object[]): Promise<readonly OutcomeAnswer[]> {
    return (await this.ask<{ recordOutcomes: readonly OutcomeAnswer[] }>(outcomesMutation, { input })).recordOutcomes;
  }

  async counted(key: string): Promise<Counted> {
    const { experiment } = await this.ask<{ experiment: { results: Results } }>(resultsQuery, { key });
    const { units, ingestLagMs, metrics } = experiment.results;
    const totals = metrics.map(({ metric, variants }) => [metric, variants.reduce((sum, one) => sum + one.units * (one.mean ?? 0), 0)]);
    return { units, ingestLagMs, totals: Object.fromEntries(totals) };
  }

  /** A mutation with userErrors. @throws Error with their sentences. */
  async change(mutation: string, variables: object): Promise<void> {
    const payloads = Object.values(await this.ask<Record<string, Payload>>(mutation, variables));
    const sentences = payloads.flatMap(({ userErrors }) => userErrors.map(({ message }) => message));
    if (sentences.length > 0) throw new Error(sentences.join(' '));
  }

  /** @throws Error with what came in place of data. */
  async ask<T>(query: string, variables: object): Promise<T> {
    const text = await this.#send(JSON.stringify({ query, variables }));
    const answer = JSON.parse(text) as { data?: T | null; errors?: unknown };
    if (answer.errors || !answer.data) throw new Error(text.slice(0, 500));
    return answer.data;
  }

  #send(body: string): Promise<string> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: this.#port, agent: this.#agent, method: 'POST', path: '/graphql', headers },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
          response.on('end', () => resolve(Buffer.concat(parts).toString()));
        },
      );
      sent.on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
