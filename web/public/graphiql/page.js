/* global GraphiQL, React, ReactDOM, graphqlWs */
(() => {
  const keyName = 'touchstone-api-key';
  const field = document.getElementById('key');
  field.value = sessionStorage.getItem(keyName) ?? '';

  const headers = (own) => (field.value && !own?.authorization && !own?.Authorization ? { authorization: `Bearer ${field.value}` } : {});
  let socket = null;

  function connect() {
    socket?.dispose();
    socket = graphqlWs.createClient({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
      lazy: true,
      connectionParams: () => headers(),
    });
  }

  async function overHttp(operation, own) {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...own,
        ...headers(own),
      },
      body: JSON.stringify(operation),
    });
    return response.json();
  }

  /** graphql-ws calls back, GraphiQL wants an observable. */
  const overSocket = (operation) => ({ subscribe: (sink) => ({ unsubscribe: socket.subscribe(operation, sink) }) });

  /** Told by the text that is sent: GraphiQL's own reading of it comes late for those who paste and press play at once. */
  function isSubscription({ query, operationName }) {
    const bare = query.replace(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*/g, '');
    const operations = [...bare.matchAll(/(?:^|\})\s*(query|mutation|subscription)\b\s*(\w*)/g)];
    const [, kind] = operations.length === 1 ? operations[0] : (operations.find(([, , name]) => name === operationName) ?? []);
    return kind === 'subscription';
  }

  const fetcher = (operation, { headers: own } = {}) => (isSubscription(operation) ? overSocket(operation) : overHttp(operation, own));

  document.getElementById('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem(keyName, field.value);
    location.reload();
  });

  connect();
  const root = document.getElementById('graphiql');
  root.textContent = '';
  ReactDOM.createRoot(root).render(
    React.createElement(GraphiQL, {
      fetcher,
      isHeadersEditorEnabled: true,
      defaultQuery:
        '# Touchstone. Press the play button, or Ctrl-Enter.\n{\n  serverInfo { version uptimeMs }\n  models { name kind versions { version state } }\n}\n',
    }),
  );
})();
