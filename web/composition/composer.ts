// Composition and comparison of schemas, as the hub calls it: text in, text out.

import { type Change, ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core';
import { composeSchemaContract, composeServices } from '@theguild/federation-composition';
import { buildSchema, parse } from 'graphql';

interface Subgraph {
  name: string;
  url: string;
  sdl: string;
}

interface Asked {
  subgraphs: Subgraph[];
  /** Of a contract: only what bears one of these tags, and none of those. */
  contract?: { include: string[]; exclude: string[] };
}

/** The supergraph and the schema that callers see, or what stands in the way. */
function compose({ subgraphs, contract }: Asked) {
  const services = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
  const result = contract
    ? composeSchemaContract(services, { include: new Set(contract.include), exclude: new Set(contract.exclude) }, true)
    : composeServices(services);
  if (result.errors) {
    return { errors: result.errors.map(({ message, extensions }) => ({ message, code: extensions.code ?? null })) };
  }
  return { supergraph: result.supergraphSdl, schema: result.publicSdl, errors: [] };
}

const WEIGHTS = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'harmless',
};

const ADDED: string[] = [
  ChangeType.TypeAdded,
  ChangeType.FieldAdded,
  ChangeType.FieldArgumentAdded,
  ChangeType.InputFieldAdded,
  ChangeType.EnumValueAdded,
];

/** The changes without those that say what stands in or about something new: that it is there says it. */
function told(changes: Change[]): Change[] {
  const added = new Set(changes.filter(({ type }) => ADDED.includes(type)).map(({ path }) => path));
  const isNew = (path: string): boolean => added.has(path) || (path.includes('.') && isNew(around(path)));
  return changes.filter(({ criticality, path, type }) => {
    if (criticality.level !== CriticalityLevel.NonBreaking || !path) return true;
    return !isNew(ADDED.includes(type) ? around(path) : path);
  });
}

/** The path of what something stands in: of `A.b` that of `A`, of `A` none. */
const around = (path: string) => path.slice(0, Math.max(path.lastIndexOf('.'), 0));

/** How the schema that callers see would change. */
async function compare({ before, after }: { before: string; after: string }) {
  const changes = await diff(buildSchema(before), buildSchema(after));
  return told(changes).map(({ criticality, message, path, type }) => ({
    weight: WEIGHTS[criticality.level],
    message,
    path: path ?? null,
    kind: type,
  }));
}

Object.assign(globalThis, {
  compose: (asked: string) => JSON.stringify(compose(JSON.parse(asked))),
  compare: async (asked: string) => JSON.stringify(await compare(JSON.parse(asked))),
});
