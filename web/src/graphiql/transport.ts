import type { Fetcher, FetcherOpts, FetcherParams } from '@graphiql/toolkit';
import { getOperationAST } from 'graphql';
import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import type { Language } from './texts';
import { TEXTS } from './texts';

const UNAUTHORIZED = 401;
/** WebSocket close code of the protocol: the connection's token was refused. */
const FORBIDDEN = 4403;

/** How the hub refused a token. */
export interface Refusal {
  /** The HTTP status or the WebSocket's close code. */
  status: number;
  reason: string;
}

interface Context {
  language: Language;
  authorization: () => string | undefined;
  /** Told of every answer: how a token was refused, or nothing once a request was accepted. */
  onRefusal: (refusal: Refusal | undefined) => void;
}

/** Carries GraphiQL's requests: over HTTP, subscriptions over WebSocket. */
export class Transport {
  private socket: Client | undefined;
  private pending = new AbortController();

  constructor(private readonly context: Context) {}

  readonly fetcher: Fetcher = (params, options) => {
    const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
    return operation?.operation === 'subscription' ? this.subscription(params) : this.request(params, options);
  };

  /** Drops what is under way: an answer to the former identity or example must not appear under the next. */
  reset(): void {
    this.pending.abort();
    this.pending = new AbortController();
    void this.socket?.dispose();
    this.socket = undefined;
  }

  private async request({ query, variables, operationName }: FetcherParams, options?: FetcherOpts): Promise<ExecutionResult> {
    const { language, authorization, onRefusal } = this.context;
    const texts = TEXTS[language];
    const { signal } = this.pending;
    const token = authorization();
    try {
      const response = await fetch('/graphql', {
        method: 'POST',
        signal,
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/graphql-response+json',
          'Accept-Language': language,
          ...(token && { Authorization: token }),
          ...options?.headers,
        },
        body: JSON.stringify({ query, variables: variables ?? undefined, operationName: operationName ?? undefined }),
      });
      const text = await response.text();
      const answer = parsed(text);
      const { status, statusText } = response;
      const [error] = answer?.errors ?? [];
      onRefusal(
        status === UNAUTHORIZED ? { status, reason: String(error?.extensions?.code ?? error?.message ?? statusText) } : undefined,
      );
      if (!answer) throw failure(`${texts.unreadable(`${status} ${statusText}`.trim())} ${text.slice(0, 500)}`.trim());
      return answer;
    } catch (error) {
      if (signal.aborted) return new Promise<never>(() => {});
      throw error instanceof TypeError ? failure(texts.unreachable) : error;
    }
  }

  private subscription({ query, variables, operationName }: FetcherParams) {
    const { language, onRefusal } = this.context;
    this.socket ??= this.connect();
    const socket = this.socket;
    return {
      subscribe(observer: { next: (value: unknown) => void; error: (error: unknown) => void; complete: () => void }) {
        const unsubscribe = socket.subscribe(
          { query, variables: variables as Record<string, unknown> | undefined, operationName },
          {
            next(value) {
              onRefusal(undefined);
              observer.next(value);
            },
            error(error) {
              if (Array.isArray(error)) {
                observer.next({ errors: error });
                observer.complete();
              } else if (error instanceof CloseEvent) {
                const { code, reason } = error;
                if (code === FORBIDDEN) onRefusal({ status: code, reason });
                observer.error(failure(TEXTS[language].socketClosed(code, reason)));
              } else {
                observer.error(error);
              }
            },
            complete: () => observer.complete(),
          },
        );
        return { unsubscribe };
      },
    } as ReturnType<Fetcher>;
  }

  private connect(): Client {
    return createClient({
      url: `${location.origin.replace(/^http/, 'ws')}/graphql/ws`,
      connectionParams: () => {
        const token = this.context.authorization();
        return token ? { Authorization: token } : {};
      },
      // What the hub refuses on purpose (44xx) it would refuse again.
      shouldRetry: (event) => !(event instanceof CloseEvent && event.code >= 4400 && event.code < 4500),
    });
  }
}

/** An error for the answer pane, which would show a stack as well. */
function failure(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}

function parsed(text: string): ExecutionResult | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
