// A real OpenID Connect provider on the loopback, for people and for programs: oidc-provider with a plain sign-in form.
// node provider.mjs '{"port": 0, "redirectUris": [], "postLogoutRedirectUris": [], "audience": "raccordo"}'
//
// It says {"issuer": …} when it answers. Then each line of its input is a command, answered by a line:
//   rotate                    signs with new keys from now on; the old ones stay published
//   withdraw                  publishes the newest keys alone
//   down, up                  stops answering, answers again on the same port
//   claims <subject> <JSON>   what is told of a person from now on
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Provider, errors } from 'oidc-provider';

// What the library has to say must not come between the answers.
console.info = console.warn = console.error;

const settings = { port: 0, redirectUris: [], postLogoutRedirectUris: [], audience: 'raccordo', ...JSON.parse(process.argv[2] ?? '{}') };

/** Who can sign in, by what they type into the form; no password is asked for. */
const people = new Map([
  ['ada', { name: 'Ada Bianchi', email: 'ada@prefettura.example', email_verified: true, groups: ['bologna-officers', 'staff'] }],
  ['bruno', { name: 'Bruno Verdi', email: 'bruno@council.example', email_verified: true, realm: { roles: ['council'] } }],
  ['carla', { name: 'Carla Neri', email: 'carla@partner.example', email_verified: true }],
]);

const clients = [
  {
    client_id: 'hub',
    client_secret: 'the-secret-of-the-hub-at-the-provider',
    redirect_uris: settings.redirectUris,
    post_logout_redirect_uris: settings.postLogoutRedirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code'],
  },
  {
    client_id: 'partner',
    client_secret: 'the-secret-of-the-partner-at-the-provider',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  },
  // Who asks about opaque tokens: the hub.
  {
    client_id: 'introspector',
    client_secret: 'the-secret-of-the-introspector-at-the-provider',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  },
];

const SCOPES = [
  'organisation:read', 'council:read', 'funding:read', 'plan:read', 'project:read', 'agreement:read', 'network:export',
  'audit:read', 'plan:write', 'project:write',
].join(' ');

/** What a program names as `resource`: the form of the token that it gets, and how that is signed. */
const RESOURCES = {
  'urn:raccordo:es256': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } },
  'urn:raccordo:rs256': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
  'urn:raccordo:eddsa': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'EdDSA' } } },
  'urn:raccordo:opaque': { accessTokenFormat: 'opaque' },
};

function newKeys() {
  const pairs = [
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['EdDSA', generateKeyPairSync('ed25519')],
  ];
  return pairs.map(([alg, { privateKey }]) => ({ ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() }));
}

const cookieKeys = [randomUUID()];

function provide(issuer, keys) {
  return new Provider(issuer, {
    clients,
    jwks: { keys },
    cookies: { keys: cookieKeys },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'groups', 'realm'], email: ['email', 'email_verified'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, client) => (client.clientId === 'hub' ? undefined : 'urn:raccordo:es256'),
        getResourceServerInfo(ctx, resource) {
          const form = RESOURCES[resource];
          if (!form) throw new errors.InvalidTarget();
          return { scope: SCOPES, audience: settings.audience, accessTokenTTL: 600, ...form };
        },
      },
    },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (ctx, sub) => people.has(sub) && { accountId: sub, claims: () => ({ sub, ...people.get(sub) }) },
    // Whoever signed in has agreed.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
}

/** The sign-in form: a name, or the refusal. */
async function interact(provider, request, response) {
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Sign in at the provider</title><form method="post">
      <input name="login" aria-label="Login" autofocus> <button>Sign in</button> <button name="refuse" value="1">Refuse</button></form>`);
    return;
  }
  let body = '';
  for await (const piece of request) body += piece;
  const given = new URLSearchParams(body);
  const result = given.has('refuse')
    ? { error: 'access_denied', error_description: 'The person refused <b>this</b>' }
    : { login: { accountId: given.get('login') } };
  await provider.interactionFinished(request, response, result);
}

let keys = newKeys();
let provider;
const server = createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) {
    interact(provider, request, response).catch((error) => {
      response.statusCode = 400;
      response.end(String(error));
    });
  } else {
    provider.callback()(request, response);
  }
});

const listen = (port) => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
const say = (what) => console.log(JSON.stringify(what));

await listen(settings.port);
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}`;
provider = provide(issuer, keys);
say({ issuer });

for await (const line of createInterface({ input: process.stdin })) {
  const [command, subject, ...rest] = line.split(' ');
  if (command === 'rotate') {
    keys = [...newKeys(), ...keys];
    provider = provide(issuer, keys);
  } else if (command === 'withdraw') {
    keys = keys.slice(0, 3);
    provider = provide(issuer, keys);
  } else if (command === 'down') {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  } else if (command === 'up') {
    await listen(port);
  } else if (command === 'claims') {
    people.set(subject, JSON.parse(rest.join(' ')));
  } else {
    throw new Error(`no such command: ${command}`);
  }
  say({ done: command });
}
process.exit(0);
