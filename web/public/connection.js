/** The one door to the server: queries over HTTP, subscriptions over one WebSocket (protocol graphql-transport-ws). */

const keyName = 'touchstone-api-key';
export const apiKey = {
  get: () => sessionStorage.getItem(keyName) ?? '',
  set: (key) => sessionStorage.setItem(keyName, key),
};

export class RequestError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

function headers() {
  const key = apiKey.get();
  return {
    accept: 'application/graphql-response+json',
    'apollo-require-preflight': 'true',
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  };
}

async function send(body, more) {
  const response = await fetch('/graphql', { method: 'POST', headers: { ...headers(), ...more }, body });
  const answer = await response.json();
  const error = answer.errors?.[0];
  if (error) throw new RequestError(error.message, error.extensions?.code);
  return answer.data;
}

export function request(query, variables = {}) {
  return send(JSON.stringify({ query, variables }), { 'content-type': 'application/json' });
}

/** GraphQL multipart request: `file` becomes the variable at `path`. */
export function upload(query, variables, path, file) {
  const form = new FormData();
  form.append('operations', JSON.stringify({ query, variables }));
  form.append('map', JSON.stringify({ 0: [path] }));
  form.append('0', file);
  return send(form, {});
}

/** Live subscriptions that survive a restart of the server: after a lost connection all of them are asked for again. */
export class Subscriptions {
  #socket = null;
  #wanted = new Map();
  #nextId = 1;
  #retryMs = 500;
  #onState;

  constructor(onState) {
    this.#onState = onState;
    this.#connect();
  }

  /** Returns the function that ends it. */
  subscribe(query, variables, onData, onError = () => {}) {
    const id = String(this.#nextId++);
    this.#wanted.set(id, { query, variables, onData, onError });
    this.#ask(id);
    return () => {
      this.#wanted.delete(id);
      this.#post({ id, type: 'complete' });
    };
  }

  reconnect() {
    this.#socket?.close(1000);
  }

  #connect() {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`, 'graphql-transport-ws');
    socket.onopen = () => {
      const key = apiKey.get();
      socket.send(JSON.stringify({ type: 'connection_init', payload: key ? { authorization: `Bearer ${key}` } : {} }));
    };
    socket.onmessage = ({ data }) => this.#receive(socket, JSON.parse(data));
    socket.onclose = ({ code }) => {
      this.#socket = null;
      this.#onState(code === 4401 ? 'refused' : 'reconnecting');
      setTimeout(() => this.#connect(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, 10_000);
    };
  }

  #receive(socket, message) {
    if (message.type === 'connection_ack') {
      this.#socket = socket;
      this.#retryMs = 500;
      this.#onState('live');
      for (const id of this.#wanted.keys()) this.#ask(id);
    } else if (message.type === 'ping') socket.send(JSON.stringify({ type: 'pong' }));
    else if (message.type === 'next') {
      if (message.payload.data) this.#wanted.get(message.id)?.onData(message.payload.data);
    } else if (message.type === 'error') {
      this.#wanted.get(message.id)?.onError(message.payload?.[0]?.message ?? 'The subscription failed.');
      this.#wanted.delete(message.id);
    }
  }

  #ask(id) {
    const { query, variables } = this.#wanted.get(id);
    this.#post({ id, type: 'subscribe', payload: { query, variables } });
  }

  #post(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
