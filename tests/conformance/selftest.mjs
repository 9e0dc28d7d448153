// Holds the rules against the reference implementations, which must pass: a rule that they break would be ours alone. And starts
// each gateway before a server of which it knows what it is asked.
//
// Where the reference differs from the protocol's text, it is set up here to follow the text:
// - its server closes with 4500 on a document that cannot be parsed; the text knows an error message for what goes
//   wrong before execution, hence `onSubscribe` below;
// - it reads binary frames as text; the rules send bytes that are no message either way.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { GraphQLError, GraphQLID, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, parse, validate } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { httpRules } from './http.mjs';
import { report } from './report.mjs';
import { wsRules } from './ws.mjs';

const INIT_SECONDS = 1;

const node = new GraphQLObjectType({ name: 'Node', fields: { id: { type: new GraphQLNonNull(GraphQLID) } } });

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      dataVersion: { type: GraphQLInt, resolve: () => 1 },
      node: {
        type: node,
        args: { id: { type: new GraphQLNonNull(GraphQLID) } },
        resolve() {
          throw new GraphQLError('The id is not valid.');
        },
      },
    },
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      dataVersionChanged: {
        type: GraphQLInt,
        resolve: (version) => version,
        async *subscribe() {
          yield 1;
          await new Promise(() => {});
        },
      },
    },
  }),
});

function executionArguments({ query, operationName, variables }) {
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    return errors.length > 0 ? errors : { schema, document, operationName, variableValues: variables };
  } catch (error) {
    return [error];
  }
}

const server = createServer(createHandler({ schema }));
useServer(
  {
    connectionInitWaitTimeout: INIT_SECONDS * 1000,
    onConnect: ({ connectionParams }) => connectionParams?.Authorization === undefined,
    onSubscribe: (_context, _id, payload) => executionArguments(payload),
  },
  new WebSocketServer({ server, path: '/graphql/ws' }),
);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;

/** What the hub serves to routers, as small as it can be. */
const { supergraphSdl: supergraph } = composeServices([
  {
    name: 'hub',
    url: `${base}/graphql`,
    typeDefs: parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@requiresScopes"])
      type Query { dataVersion: Int @requiresScopes(scopes: [["plan:read"]]) }`),
  },
]);

const registry = createServer((request, response) => {
  const given = request.headers['x-hive-cdn-key'] ?? request.headers.authorization?.slice('Bearer '.length);
  response.statusCode = given !== 'the key of routers' ? 401 : request.headers['if-none-match'] === '"1"' ? 304 : 200;
  response.setHeader('etag', '"1"');
  response.end(response.statusCode === 200 ? supergraph : undefined);
});
await new Promise((resolve) => registry.listen(0, '127.0.0.1', resolve));

/** The gateway answers from the server, tells it who asks, and ends with its input. */
async function answers(engine) {
  const script = fileURLToPath(new URL('gateway.mjs', import.meta.url));
  const settings = { engine, hub: `http://127.0.0.1:${registry.address().port}`, key: 'the key of routers' };
  const gateway = spawn('node', [script, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(gateway, 'exit');
  try {
    const [line] = await Promise.race([once(createInterface({ input: gateway.stdout }), 'line'), ended]);
    if (typeof line !== 'string') throw new Error('it did not start');
    const asked = once(server, 'request');
    const response = await fetch(JSON.parse(line).listening, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer caller' },
      body: JSON.stringify({ query: '{ dataVersion }' }),
    });
    const { data } = await response.json();
    if (data?.dataVersion !== 1) throw new Error(`it answered ${JSON.stringify(data)}`);
    const [{ headers }] = await asked;
    if (headers.authorization !== 'Bearer caller') throw new Error(`the server was told ${headers.authorization}`);
  } finally {
    gateway.stdin.end();
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`it ended with ${code}`);
}

console.log('GraphQL over HTTP');
const http = await report(httpRules(base));
console.log('GraphQL over WebSocket');
const ws = await report(wsRules(base, INIT_SECONDS));
console.log('Gateways');
const gateways = await report(['hive', 'apollo'].map((engine) => ({ rule: `${engine} answers`, check: () => answers(engine) })));
process.exit(http && ws && gateways ? 0 : 1);
