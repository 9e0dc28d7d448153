import { useState } from 'react';
import { PUBLIC, authorization, identityName, identityNamed, remember, remembered } from '../graphiql/identity';
import type { Identity } from '../graphiql/identity';
import type { Persona } from '../levels';
import { Api } from './data/api';

interface Asking {
  identity: Identity;
  api: Api;
  /** Names the caller; it changes when another asks. */
  caller: string;
  become: (name: string) => void;
}

/** As whom the map asks: a persona of the demonstration, or whoever is signed in; when embedded, the public. */
export function useIdentity(personas: Persona[], isEmbedded: boolean): Asking {
  const [asking, setAsking] = useState(() => {
    const query = new URLSearchParams(location.search);
    const named = identityNamed(query.get('as') ?? '', personas);
    const identity = isEmbedded ? PUBLIC : (named ?? remembered(personas));
    if (named && !isEmbedded) remember(named);
    return { identity, api: apiOf(identity, isEmbedded) };
  });
  const become = (name: string) => {
    const identity = identityNamed(name, personas) ?? PUBLIC;
    remember(identity);
    setAsking({ identity, api: apiOf(identity, isEmbedded) });
  };
  return { ...asking, caller: identityName(asking.identity) ?? 'token', become };
}

function apiOf(identity: Identity, isEmbedded: boolean): Api {
  return new Api(isEmbedded ? { isPublic: true } : { authorization: authorization(identity) });
}
