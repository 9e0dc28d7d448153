import type { Level, Persona } from '../levels';

/** As whom requests are sent. */
export type Identity = { as: 'public' } | { as: 'persona'; persona: Persona } | { as: 'token'; token: string };

export const PUBLIC: Identity = { as: 'public' };

const STORAGE_KEY = 'raccordo.identity';

/** The `Authorization` header, if there is one. */
export function authorization(identity: Identity): string | undefined {
  switch (identity.as) {
    case 'public':
      return undefined;
    case 'persona':
      return `Bearer ${identity.persona.token}`;
    case 'token':
      return `Bearer ${identity.token}`;
  }
}

/** The name that addresses give it; a pasted token has none, so that it never stands in an address. */
export function identityName(identity: Identity): string | undefined {
  return identity.as === 'persona' ? identity.persona.name : identity.as === 'public' ? 'public' : undefined;
}

/** Whom a name means; `undefined` where the installation does not know it. */
export function identityNamed(name: string, personas: Persona[]): Identity | undefined {
  if (name === 'public') return PUBLIC;
  const persona = personas.find((each) => each.name === name);
  return persona && { as: 'persona', persona };
}

/** Who can ask an example of this level; a pasted token or an example for every level changes nothing. */
export function identityFor(level: Level | 'any', current: Identity, personas: Persona[]): Identity {
  if (level === 'any' || current.as === 'token') return current;
  if (level === 'public') return PUBLIC;
  if (current.as === 'persona' && current.persona.level === level) return current;
  const persona = personas.find((each) => each.level === level);
  return persona ? { as: 'persona', persona } : current;
}

/** Remembered for this tab alone. */
export function remember(identity: Identity): void {
  const kept = identity.as === 'token' ? { token: identity.token } : { name: identityName(identity) };
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(kept));
}

export function remembered(personas: Persona[]): Identity {
  const kept = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '{}') as { token?: string; name?: string };
  if (kept.token) return { as: 'token', token: kept.token };
  return identityNamed(kept.name ?? 'public', personas) ?? PUBLIC;
}
