// A socket as the rules of the WebSocket protocol use it: frames out, messages and the close in, nothing hidden.
import { once } from 'node:events';
import http from 'node:http';
import WebSocket from 'ws';

export const PROTOCOL = 'graphql-transport-ws';

/** How long a server may take to answer. */
const PATIENCE = 3000;
/** How long nothing must come before it counts as silence. */
const SILENCE = 300;

export class Connection {
  static async open(url, protocols = [PROTOCOL]) {
    const socket = new WebSocket(url, protocols);
    const connection = new Connection(socket);
    await once(socket, 'open');
    return connection;
  }

  /** Opened and acknowledged. */
  static async ready(url) {
    const connection = await Connection.open(url);
    connection.send({ type: 'connection_init' });
    await connection.message('connection_ack');
    return connection;
  }

  constructor(socket) {
    this.socket = socket;
    this.received = [];
    this.closed = undefined;
    this.wake = () => {};
    socket.on('message', (data) => {
      this.received.push(JSON.parse(String(data)));
      this.wake();
    });
    socket.on('close', (code) => {
      this.closed = code;
      this.wake();
    });
    socket.on('error', () => {});
  }

  send(message) {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  subscribe(id, payload) {
    this.send({ id, type: 'subscribe', payload: typeof payload === 'string' ? { query: payload } : payload });
  }

  /** The next message, which must be of this type and, if given, of this operation. */
  async message(type, id) {
    const expected = id === undefined ? type : `${type} of ${id}`;
    await this.until(() => this.received.length > 0 || this.closed !== undefined, expected);
    const message = this.received.shift();
    if (message === undefined) throw new Error(`expected ${expected}, got the close ${this.closed}`);
    if (message.type !== type || message.id !== id) {
      throw new Error(`expected ${expected}, got ${JSON.stringify(message).slice(0, 300)}`);
    }
    return message;
  }

  /** The next messages in whatever order they come. */
  async messages(count) {
    const expected = `${count} messages`;
    await this.until(() => this.received.length >= count || this.closed !== undefined, expected);
    if (this.received.length < count) throw new Error(`expected ${expected}, got the close ${this.closed}`);
    return this.received.splice(0, count);
  }

  /** That the server closes with this code and sends nothing before. */
  async close(code, patience = PATIENCE) {
    await this.until(() => this.closed !== undefined || this.received.length > 0, `the close ${code}`, patience);
    if (this.received.length > 0) {
      throw new Error(`expected the close ${code}, got ${JSON.stringify(this.received[0]).slice(0, 300)}`);
    }
    if (this.closed !== code) throw new Error(`expected the close ${code}, got the close ${this.closed}`);
  }

  /** That nothing comes and the socket stays open. */
  async silence() {
    await new Promise((resolve) => setTimeout(resolve, SILENCE));
    if (this.closed !== undefined) throw new Error(`expected an open socket, got the close ${this.closed}`);
    if (this.received.length > 0) {
      throw new Error(`expected nothing, got ${JSON.stringify(this.received[0]).slice(0, 300)}`);
    }
  }

  end() {
    this.socket.terminate();
  }

  async until(condition, expected, patience = PATIENCE) {
    const deadline = Date.now() + patience;
    while (!condition()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`expected ${expected}, got nothing in ${patience} ms`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/**
 * The code with which a server closes a socket whose client offered this sub-protocol. A WebSocket library refuses an
 * upgrade that selects none of those offered before it reads the close, so this one reads the frame itself.
 */
export function closeAfterOffering(url, protocol) {
  return new Promise((resolve, reject) => {
    const request = http.request(url.replace(/^ws/, 'http'), {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
        'Sec-WebSocket-Protocol': protocol,
      },
    });
    const timer = setTimeout(() => {
      request.destroy();
      reject(new Error(`expected a close, got nothing in ${PATIENCE} ms`));
    }, PATIENCE);
    request.on('error', reject);
    request.on('response', ({ statusCode }) => {
      clearTimeout(timer);
      request.destroy();
      reject(new Error(`expected an upgrade and a close, got HTTP ${statusCode}`));
    });
    request.on('upgrade', (_response, socket, head) => {
      let bytes = head;
      const read = (chunk = Buffer.alloc(0)) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (bytes.length < 4) return;
        clearTimeout(timer);
        socket.destroy();
        const isClose = (bytes[0] & 0x0f) === 0x8;
        if (isClose) resolve(bytes.readUInt16BE(2));
        else reject(new Error(`expected a close, got a frame ${bytes.subarray(0, 200).toString()}`));
      };
      socket.on('data', read);
      socket.on('error', reject);
      read();
    });
    request.end();
  });
}
