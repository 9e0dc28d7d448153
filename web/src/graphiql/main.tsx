import 'graphiql/setup-workers/vite';
// One by one: GraphiQL's joint style sheet holds Monaco's a second time, and half a megabyte of fonts.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './graphiql.css';

import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN, HistoryStore } from '@graphiql/plugin-history';
import { GraphiQLProvider } from '@graphiql/react';
import { useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { demoPersonas } from '../levels';
import type { Persona } from '../levels';
import { findExample } from './examples';
import type { Example } from './examples';
import { PUBLIC, authorization, identityFor, identityNamed, remember, remembered } from './identity';
import type { Identity } from './identity';
import { TEXTS, pageLanguage } from './texts';
import { Transport } from './transport';
import type { Refusal } from './transport';
import { Workbench } from './workbench';

const PLUGINS = [DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN];
const language = pageLanguage();

interface Start {
  identity: Identity;
  /** The example that the address names. */
  example: Example | undefined;
  /** The example to fill the editors with; none where this tab's own text comes back. */
  opened: Example | undefined;
  notice: string | undefined;
}

/** What the address and this tab's memory ask for. */
function start(personas: Persona[]): Start {
  const texts = TEXTS[language];
  const asked = new URLSearchParams(location.search);
  const operation = asked.get('operation');
  const as = asked.get('as');
  const example = findExample(operation);
  const named = as === null ? undefined : identityNamed(as, personas);
  const resumed = sessionStorage.getItem('graphiql:tabState') !== null;
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const reloaded = resumed && navigation?.type === 'reload';
  return {
    identity: as === null ? identityFor(example?.level ?? 'any', remembered(personas), personas) : (named ?? PUBLIC),
    example,
    // A first visit opens on something that answers a question.
    opened: reloaded ? undefined : (example ?? (resumed ? undefined : findExample('public'))),
    notice:
      as !== null && !named
        ? texts.noSuchPersona(as)
        : operation !== null && !example
          ? texts.noSuchExample(operation)
          : undefined,
  };
}

function Page({ personas }: { personas: Persona[] }) {
  const [begin] = useState(() => start(personas));
  const [identity, setIdentity] = useState(begin.identity);
  const [refusal, setRefusal] = useState<Refusal>();
  // Read at the time of sending: a request must never go out as the former identity.
  const sender = useRef(begin.identity);
  const [transport] = useState(
    () => new Transport({ language, authorization: () => authorization(sender.current), onRefusal: setRefusal }),
  );
  const { opened } = begin;

  useEffect(() => remember(begin.identity), [begin]);

  function become(next: Identity) {
    sender.current = next;
    remember(next);
    setRefusal(undefined);
    setIdentity(next);
  }

  return (
    <GraphiQLProvider
      fetcher={transport.fetcher}
      storage={sessionStorage}
      plugins={PLUGINS}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      initialQuery={opened?.query}
      initialVariables={opened?.variables}
      defaultQuery=""
      schemaDescription
      inputValueDeprecation
    >
      <HistoryStore>
        <DocExplorerStore>
          <Workbench
            language={language}
            personas={personas}
            transport={transport}
            identity={identity}
            onIdentity={become}
            refusal={refusal}
            notice={begin.notice}
            initialExample={begin.example ?? opened}
          />
        </DocExplorerStore>
      </HistoryStore>
    </GraphiQLProvider>
  );
}

document.documentElement.lang = language;
const root = createRoot(document.getElementById('root')!);
void demoPersonas().then((personas) => root.render(<Page personas={personas} />));
