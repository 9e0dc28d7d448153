// Hive Gateway 2.15.1 before the hub and its partners, where a router made in JavaScript is preferred.
//   npm install @graphql-hive/gateway@2.15.1
//   RACCORDO_ROUTER_KEY=… npx hive-gateway supergraph --config-path docker/router/gateway.config.mjs
// It sends nothing to its maker: reports, metrics and traces are off unless they are configured.

export const gatewayConfig = {
  supergraph: {
    // The hub serves its graph as Hive's registry does: the key in X-Hive-CDN-Key, a 304 as long as nothing changed. If the hub
    // cannot be reached, or serves what cannot be read, the gateway keeps the graph that it has.
    type: 'hive',
    // That of a contract is at /contracts/public/supergraph.
    endpoint: process.env.RACCORDO_SUPERGRAPH ?? 'http://127.0.0.1:8080/supergraph',
    // What stands in the hub's router_key_file.
    key: process.env.RACCORDO_ROUTER_KEY,
    // After repeated failures it does not ask for so long, by default for 30 s: a graph that changed meanwhile arrives as late.
    circuitBreaker: { errorThresholdPercentage: 50, volumeThreshold: 10, resetTimeout: 10_000 },
  },
  // How old the graph may be. It is asked for when a request comes, which is still answered from the one before.
  pollingInterval: 10_000,
  // Else a new graph breaks off what is under way: queries are asked a second time, mutations fail.
  gracefulSchemaReload: { drainTimeout: 30_000 },

  // Behind a reverse proxy that speaks TLS.
  host: '127.0.0.1',
  port: 4000,

  propagateHeaders: {
    // Who asks, from where, in which language, and by which names logs and traces know the request. Every subgraph is reached
    // through the hub, which keeps the caller's token from partners. Were a subgraph reached directly, `authorization` would have
    // to be kept for the subgraph `hub`. Headers are set here and not in `onFetch`: what is set there does not tell callers apart
    // for the sharing that is switched off below.
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(
        ['authorization', 'accept-language', 'x-request-id', 'traceparent', 'x-forwarded-for'].map((name) => [
          name,
          request.headers.get(name),
        ]),
      ),
  },
  // Callers must never share an answer: what they may see differs. On by default.
  transportEntries: { '*.http': { options: { deduplicateInflightRequests: false } } },

  // For one request to a subgraph. The hub gives a partner up before that and says so; nothing is asked twice, as `upstreamRetry`
  // is not set.
  upstreamTimeout: 8_000,
  // For the whole, which may ask subgraphs one after another.
  requestDeadline: 30_000,

  // A query through the gateway becomes several at the hub, which measures each alone: what is too large is refused here.
  // Aliases cannot be limited by a setting.
  maxDepth: 15,
  maxTokens: 5_000,

  // `@requiresScopes` stands in the graph for readers. Without `jwt` nobody is held to it here: the hub authorises every field.

  // Pages of other origins may ask nothing; by default all may.
  cors: false,
  // The page to try queries at: the hub has its own.
  graphiql: false,
  landingPage: false,
};
