// GraphQL over WebSocket: the rules of the protocol graphql-transport-ws, each as one sentence and one check.
// node ws.mjs <base-url> [seconds that the server waits for connection_init]
import { Connection, PROTOCOL, closeAfterOffering } from './connection.mjs';
import { argument, report, started } from './report.mjs';

const QUERY = '{ __typename }';
const STREAM = 'subscription { dataVersionChanged }';

/** Each of the messages, on a socket of its own, must close it with the code. */
async function closes(open, code, messages) {
  for (const message of messages) {
    const connection = await open();
    connection.send(message);
    try {
      await connection.close(code);
    } catch (error) {
      throw new Error(`${error.message}, after ${Buffer.isBuffer(message) ? 'a binary frame' : JSON.stringify(message)}`);
    } finally {
      connection.end();
    }
  }
}

/** A check with a socket of its own, ended after it. */
function on(open, check) {
  return async () => {
    const connection = await open();
    try {
      await check(connection);
    } finally {
      connection.end();
    }
  };
}

function expect(holds, expected, got) {
  if (!holds) throw new Error(`expected ${expected}, got ${JSON.stringify(got)}`);
}

/** That an operation ends with an error message alone, after which the connection still serves. */
async function refused(connection, payload) {
  connection.subscribe('a', payload);
  const { payload: errors } = await connection.message('error', 'a');
  const isErrors = Array.isArray(errors) && errors.length > 0 && errors.every(({ message }) => typeof message === 'string');
  expect(isErrors, 'an array of GraphQL errors', errors);
  await connection.silence();
  connection.subscribe('a', QUERY);
  await connection.message('next', 'a');
  await connection.message('complete', 'a');
}

export function wsRules(base, initSeconds) {
  const url = `${base.replace(/^http/, 'ws')}/graphql/ws`;
  const open = () => Connection.open(url);
  const ready = () => Connection.ready(url);
  const subscribe = (fields) => ({ id: 'a', type: 'subscribe', payload: { query: QUERY }, ...fields });

  return [
    // The socket.
    {
      rule: `The server selects ${PROTOCOL} where a client offers it among others`,
      check: on(
        () => Connection.open(url, ['graphql-ws', PROTOCOL]),
        async ({ socket }) => expect(socket.protocol === PROTOCOL, PROTOCOL, socket.protocol),
      ),
    },
    {
      rule: 'A client that offers no sub-protocol is closed with 4406',
      check: on(() => Connection.open(url, []), (connection) => connection.close(4406)),
    },
    {
      rule: 'A client that offers other sub-protocols only is closed with 4406',
      async check() {
        const code = await closeAfterOffering(url, 'graphql-ws');
        expect(code === 4406, 'the close 4406', code);
      },
    },
    // The connection.
    {
      rule: 'connection_init, with a payload, null or none, is answered by connection_ack',
      async check() {
        for (const payload of [undefined, null, {}]) {
          await on(open, async (connection) => {
            connection.send({ type: 'connection_init', payload });
            await connection.message('connection_ack');
          })();
        }
      },
    },
    {
      rule: 'connection_init whose payload is not an object closes the socket with 4400',
      check: () => closes(open, 4400, ['x', 1, true, []].map((payload) => ({ type: 'connection_init', payload }))),
    },
    {
      rule: 'connection_init whose token is refused closes the socket with 4403',
      check: () => closes(open, 4403, [{ type: 'connection_init', payload: { Authorization: 'Bearer not-a-token' } }]),
    },
    {
      rule: 'A second connection_init closes the socket with 4429',
      check: () => closes(ready, 4429, [{ type: 'connection_init' }]),
    },
    {
      rule: `A socket without connection_init is closed with 4408 once the server has waited long enough`,
      check: on(open, async (connection) => {
        const since = Date.now();
        await connection.close(4408, initSeconds * 1000 + 3000);
        const waited = Date.now() - since;
        expect(waited >= initSeconds * 900, `a wait of ${initSeconds} s`, `${waited} ms`);
      }),
    },
    {
      rule: 'subscribe before connection_ack closes the socket with 4401',
      check: () => closes(open, 4401, [subscribe()]),
    },
    {
      rule: 'ping is answered by pong with its payload, at any time, before connection_init too',
      check: on(open, async (connection) => {
        connection.send({ type: 'ping' });
        await connection.message('pong');
        connection.send({ type: 'ping', payload: { at: 'n° 1' } });
        const { payload } = await connection.message('pong');
        expect(payload?.at === 'n° 1', "the ping's payload", payload);
      }),
    },
    {
      rule: 'pong is accepted unasked and answered by nothing',
      check: on(ready, async (connection) => {
        connection.send({ type: 'pong' });
        connection.send({ type: 'pong', payload: { beat: 1 } });
        await connection.silence();
      }),
    },
    // What is not a message.
    {
      rule: 'A frame, text or binary, that is not a JSON object with a type closes the socket with 4400',
      check: () => closes(ready, 4400, ['', 'hello', '{"type"', '[]', 'null', '"ping"', '{}', '{"type":1}', Buffer.from([0, 255, 254])]),
    },
    {
      rule: 'A message of an unknown type closes the socket with 4400',
      check: () => closes(ready, 4400, [{ type: 'start', id: 'a', payload: { query: QUERY } }, { type: 'SUBSCRIBE' }]),
    },
    {
      rule: 'subscribe without an id, or with an empty one or one that is not a string, closes the socket with 4400',
      check: () => closes(ready, 4400, [undefined, '', 1, null].map((id) => subscribe({ id }))),
    },
    {
      rule: 'subscribe without a payload, or whose query is missing or not a string, closes the socket with 4400',
      check: () => closes(ready, 4400, [undefined, null, {}, { query: 1 }, { query: null }].map((payload) => subscribe({ payload }))),
    },
    {
      rule: 'subscribe whose operationName, variables or extensions are of another type closes the socket with 4400',
      check: () =>
        closes(
          ready,
          4400,
          [{ operationName: 1 }, { variables: 'x' }, { variables: [] }, { extensions: 'x' }, { extensions: [] }].map((wrong) =>
            subscribe({ payload: { query: QUERY, ...wrong } }),
          ),
        ),
    },
    // Operations.
    {
      rule: 'A query is answered by one next and then complete, also where operationName, variables and extensions are null',
      check: on(ready, async (connection) => {
        for (const payload of [{ query: QUERY }, { query: QUERY, operationName: null, variables: null, extensions: null }]) {
          connection.subscribe('a', payload);
          const { payload: result } = await connection.message('next', 'a');
          expect(typeof result?.data?.__typename === 'string', 'data', result);
          await connection.message('complete', 'a');
        }
        await connection.silence();
      }),
    },
    {
      rule: 'A subscription sends next for each event and no complete while its stream lasts',
      check: on(ready, async (connection) => {
        connection.subscribe('a', STREAM);
        const { payload } = await connection.message('next', 'a');
        expect(payload?.data?.dataVersionChanged != null, 'data', payload);
        await connection.silence();
      }),
    },
    {
      rule: "The client's complete stops the stream, is answered by nothing and frees its id",
      check: on(ready, async (connection) => {
        for (let round = 0; round < 3; round += 1) {
          connection.subscribe('a', STREAM);
          await connection.message('next', 'a');
          connection.send({ id: 'a', type: 'complete' });
          await connection.silence();
        }
      }),
    },
    {
      rule: 'subscribe with the id of an active operation closes the socket with 4409',
      check: on(ready, async (connection) => {
        connection.subscribe('a', STREAM);
        await connection.message('next', 'a');
        connection.subscribe('a', QUERY);
        await connection.close(4409);
      }),
    },
    {
      rule: 'A document that is not valid is answered by error alone, which ends the operation and frees its id',
      check: on(ready, (connection) => refused(connection, '{ noSuchField }')),
    },
    {
      rule: 'A document that cannot be parsed is answered by error alone, which ends the operation and frees its id',
      check: on(ready, (connection) => refused(connection, '{ __typename')),
    },
    {
      rule: 'An operationName that the document does not hold is answered by error alone',
      check: on(ready, (connection) => refused(connection, { query: 'query A { __typename }', operationName: 'B' })),
    },
    {
      rule: 'Errors of execution come in next beside the data, followed by complete',
      check: on(ready, async (connection) => {
        connection.subscribe('a', '{ __typename node(id: "no such id") { __typename } }');
        const { payload } = await connection.message('next', 'a');
        expect(payload?.data?.__typename && payload?.errors?.[0]?.path?.[0] === 'node', 'data and an error with its path', payload);
        await connection.message('complete', 'a');
      }),
    },
    {
      rule: 'Operations share one socket: each answer carries the id of its own operation',
      check: on(ready, async (connection) => {
        connection.subscribe('stream', STREAM);
        await connection.message('next', 'stream');
        const ids = ['b', 'c', 'd'];
        for (const id of ids) connection.subscribe(id, `{ alias_${id}: __typename }`);
        const messages = await connection.messages(2 * ids.length);
        for (const id of ids) {
          const [next, complete] = messages.filter((message) => message.id === id);
          const isOwn = next?.type === 'next' && Object.keys(next.payload.data)[0] === `alias_${id}` && complete?.type === 'complete';
          expect(isOwn, `next and complete of ${id}`, messages);
        }
        await connection.silence();
      }),
    },
    {
      rule: 'complete for an id that is unknown or already completed is ignored',
      check: on(ready, async (connection) => {
        connection.send({ id: 'never-seen', type: 'complete' });
        connection.subscribe('a', QUERY);
        await connection.message('next', 'a');
        await connection.message('complete', 'a');
        connection.send({ id: 'a', type: 'complete' });
        await connection.silence();
      }),
    },
  ];
}

if (started(import.meta)) {
  const base = argument(1, 'ws.mjs <base-url> [seconds that the server waits for connection_init]');
  process.exit((await report(wsRules(base, Number(process.argv[3] ?? 10)))) ? 0 : 1);
}
