import { type Agent, request } from 'node:http';

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: what a test asked for
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** Asks over the connections of one agent. */
export class GraphQLClient {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, agent: Agent) {
    this.#url = url;
    this.#agent = agent;
  }

  ask(query: string, variables: object = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.#agent, headers: { 'content-type': 'application/json' } };
      const call = request(`${this.#url}/graphql`, options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve(JSON.parse(text)));
        response.on('error', reject);
      });
      call.on('error', reject);
      call.end(JSON.stringify({ query, variables }));
    });
  }
}
