// Holds the rules against the reference implementations, which must pass: a rule that they break would be ours alone.
//
// Where the reference differs from the protocol's text, it is set up here to follow the text:
// - its server closes with 4500 on a document that cannot be parsed; the text knows an error message for what goes
//   wrong before execution, hence `onSubscribe` below;
// - it reads binary frames as text; the rules send bytes that are no message either way.
import { createServer } from 'node:http';
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

console.log('GraphQL over HTTP');
const http = await report(httpRules(base));
console.log('GraphQL over WebSocket');
const ws = await report(wsRules(base, INIT_SECONDS));
process.exit(http && ws ? 0 : 1);
