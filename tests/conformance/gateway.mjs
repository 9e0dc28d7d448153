// A gateway over the graph that the hub composes, as an institution would run one.
// node gateway.mjs '{"engine": "hive", "hub": "http://127.0.0.1:8080", "key": "…", "port": 0}'
//
// It says {"listening": …} when it answers, and ends when its input closes: no test leaves one behind. Engines: hive, apollo.
// What they have to say beside that goes to the standard error.
import { createServer } from 'node:http';
import { parse, print, visit } from 'graphql';

// What the libraries have to say must not come before the line that the test waits for.
console.log = console.info = console.debug = console.warn = console.error;

const settings = { engine: 'hive', port: 0, poll: 1_000, timeout: 8_000, ...JSON.parse(process.argv[2] ?? '{}') };
const supergraph = `${settings.hub}/supergraph`;

/** What subgraphs are told of the caller. All of them are reached through the hub, which keeps the token from partners. */
const FORWARDED = ['authorization', 'accept-language', 'x-request-id', 'traceparent', 'x-forwarded-for'];

const engines = { hive, apollo };

/** Hive's gateway polls as it polls Hive's own registry: the key as `X-Hive-CDN-Key`, the ETag as `If-None-Match`. */
async function hive() {
  const { createGatewayRuntime } = await import('@graphql-hive/gateway-runtime');
  const gateway = createGatewayRuntime({
    supergraph: {
      type: 'hive',
      endpoint: supergraph,
      key: settings.key,
      // After some failures it asks no more for this long, by default for half a minute. The graph that it has is served on.
      circuitBreaker: { errorThresholdPercentage: 50, volumeThreshold: 10, resetTimeout: settings.poll },
    },
    pollingInterval: settings.poll,
    // Else a new graph breaks off what is under way: queries are asked a second time, mutations fail.
    gracefulSchemaReload: { drainTimeout: 2 * settings.timeout },
    transports: { http: import('@graphql-mesh/transport-http') },
    // Else callers who ask the same at once share one request and its answer. The key of that has the headers set above the
    // transport, but a header that a plugin sets later would not count: whose rights differ must never share.
    transportEntries: { '*.http': { options: { deduplicateInflightRequests: false } } },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) =>
        Object.fromEntries(FORWARDED.map((name) => [name, request.headers.get(name)])),
    },
    upstreamTimeout: settings.timeout,
    logging: 'warn',
    graphiql: false,
    landingPage: false,
  });
  // It fetches the graph when it is asked for something only, and answers from the one that it has meanwhile.
  await gateway.getSchema();
  setInterval(() => gateway.getSchema(), settings.poll);
  const server = createServer(gateway);
  await new Promise((resolve) => server.listen(settings.port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/graphql`;
}

async function apollo() {
  // It tells its maker of the machine that it runs on, else.
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
  const { ApolloGateway, RemoteGraphQLDataSource } = await import('@apollo/gateway');
  const { ApolloServer } = await import('@apollo/server');
  const { startStandaloneServer } = await import('@apollo/server/standalone');

  const gateway = new ApolloGateway({
    supergraphSdl: followed,
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource({
        url,
        // It has no limit of its own. Nothing is asked twice.
        fetcher: (address, options) => fetch(address, { ...options, signal: AbortSignal.timeout(settings.timeout) }),
        willSendRequest({ request, context }) {
          for (const name of FORWARDED) {
            if (context.headers?.[name]) request.http.headers.set(name, context.headers[name]);
          }
        },
      }),
  });
  const server = new ApolloServer({ gateway, introspection: true, includeStacktraceInErrorResponses: false });
  const { url } = await startStandaloneServer(server, {
    listen: { port: settings.port, host: '127.0.0.1' },
    context: async ({ req }) => ({ headers: req.headers }),
  });
  return new URL('graphql', url).href;
}

/** Follows the hub's graph for Apollo's gateway, which polls nothing but its maker's registry. The key goes as bearer token. */
async function followed({ update }) {
  let tag;

  async function changed() {
    const headers = { authorization: `Bearer ${settings.key}`, ...(tag && { 'if-none-match': tag }) };
    const response = await fetch(supergraph, { headers, signal: AbortSignal.timeout(settings.timeout) });
    if (response.status === 304) return undefined;
    if (!response.ok) throw new Error(`the graph was answered with ${response.status}`);
    const text = withoutScopes(await response.text());
    tag = response.headers.get('etag');
    return text;
  }

  let timer;
  async function follow() {
    try {
      const next = await changed();
      if (next) update(next);
    } catch (error) {
      // The graph that it has is served on.
      console.error(String(error));
    }
    timer = setTimeout(follow, settings.poll);
  }

  const supergraphSdl = await changed();
  timer = setTimeout(follow, settings.poll);
  return { supergraphSdl, cleanup: async () => clearTimeout(timer) };
}

/**
 * The graph without `@requiresScopes`: Apollo's gateway refuses a graph that has it, as it cannot hold anybody to it. Nothing is
 * lost, each subgraph authorises every field for itself.
 */
function withoutScopes(text) {
  const dropped = ({ name }) => (['requiresScopes', 'requiresScopes__Scope'].includes(name.value) ? null : undefined);
  const linked = (node) => node.name.value === 'link' && print(node).includes('//specs.apollo.dev/requiresScopes/');
  const document = visit(parse(text), {
    Directive: (node) => (linked(node) ? null : dropped(node)),
    DirectiveDefinition: dropped,
    ScalarTypeDefinition: dropped,
  });
  return print(document);
}

process.stdin.resume().on('end', () => process.exit(0));
const listening = await engines[settings.engine]();
process.stdout.write(`${JSON.stringify({ listening })}\n`);
