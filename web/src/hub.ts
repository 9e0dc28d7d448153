/** An error of the graph: its code, the reason where there is one, and a message for people. */
export class HubError extends Error {
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.reason = reason;
  }
}

const headers = {
  'Accept-Language': document.documentElement.lang,
  'Content-Type': 'application/json',
};

/** As whom a question is asked; left out, as the person who is signed in in this browser. */
export interface Caller {
  /** The `Authorization` header. */
  authorization?: string | undefined;
  /** Asks as the public, whoever is signed in. */
  isPublic?: boolean;
  signal?: AbortSignal;
}

/** Asks the graph. */
export async function ask<Data>(query: string, variables: Record<string, unknown> = {}, caller: Caller = {}): Promise<Data> {
  const { authorization, isPublic, signal } = caller;
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...headers, Accept: 'application/json', ...(authorization && { Authorization: authorization }) },
    body: JSON.stringify({ query, variables }),
    ...(isPublic && { credentials: 'omit' }),
    ...(signal && { signal }),
  });
  const { data, errors } = await response.json();
  if (errors?.length) throw new HubError(errors[0].message, errors[0].extensions?.reason ?? errors[0].extensions?.code ?? '');
  return data as Data;
}

/** An identity provider that people sign in through. */
export interface Provider {
  name: string;
  label: string;
}

/** The providers of this hub; none where nobody signs in. */
export async function providers(): Promise<Provider[]> {
  try {
    const response = await fetch('/sign-in/providers', { headers: { Accept: 'application/json' } });
    return response.ok ? ((await response.json()) as Provider[]) : [];
  } catch {
    return [];
  }
}

/** Signs out of this browser, then goes on to where the provider ends its own session, if it does. */
export async function signOut(): Promise<void> {
  const response = await fetch('/sign-out', { method: 'POST', headers, body: '{}' });
  if (!response.ok) throw new HubError((await response.json()).errors[0].message, '');
  location.href = ((await response.json()) as { next: string }).next;
}
