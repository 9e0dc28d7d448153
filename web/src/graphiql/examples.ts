import { Kind, getOperationAST, parse, valueFromASTUntyped } from 'graphql';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Level } from '../levels';
import { LEVELS } from '../levels';
import type { Language } from './texts';

/** An operation of the repository, ready to be opened. */
export interface Example {
  /** Its file's name, which addresses name it by. */
  name: string;
  level: Level | 'any';
  title: Record<Language, string>;
  query: string;
  /** Its variables with their defaults, as JSON; empty where it takes none. */
  variables: string;
  document: DocumentNode;
  operation: OperationDefinitionNode;
}

const FILES = import.meta.glob<string>('../../../schema/operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Each example's first comment line speaks Italian, the second English: "# Council: what it answers". */
function example(path: string, query: string): Example {
  const name = path.slice(path.lastIndexOf('/') + 1, -'.graphql'.length);
  const [head = ''] = /^(#.*\n)*/.exec(query) ?? [];
  const [italian = name, english = italian] = head.match(/[^#\s].*/g) ?? [];
  const [, prefix, rest] = /^(\w+):\s*(.+)$/.exec(english) ?? [];
  const level =
    LEVELS.find((each) => each === prefix?.toLowerCase()) ??
    LEVELS.find((each) => name === each || name.startsWith(`${each}-`)) ??
    'any';
  const document = parse(query);
  const operation = getOperationAST(document) ?? document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error(`${path} holds no operation`);
  return {
    name,
    level,
    title: {
      it: sentence(italian.replace(/^Livello \w+:\s*/, '')),
      en: sentence(prefix?.toLowerCase() === level && rest ? rest : english),
    },
    query,
    variables: defaults(operation),
    document,
    operation,
  };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function defaults(operation: OperationDefinitionNode): string {
  const entries = (operation.variableDefinitions ?? [])
    .filter((definition) => definition.defaultValue)
    .map((definition) => [definition.variable.name.value, valueFromASTUntyped(definition.defaultValue!)]);
  return entries.length > 0 ? JSON.stringify(Object.fromEntries(entries), null, 2) : '';
}

export const EXAMPLES: Example[] = Object.entries(FILES)
  .map(([path, query]) => example(path, query))
  .sort((a, b) => a.name.localeCompare(b.name));

/** The examples by level, in the levels' order; those for every level last. */
export const EXAMPLES_BY_LEVEL = [...LEVELS, 'any' as const]
  .map((level) => ({ level, examples: EXAMPLES.filter((each) => each.level === level) }))
  .filter(({ examples }) => examples.length > 0);

export function findExample(name: string | null): Example | undefined {
  return EXAMPLES.find((each) => each.name === name);
}
