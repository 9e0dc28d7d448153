import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQLInterface } from 'graphiql';
import { useEffect, useState } from 'react';
import type { Persona } from '../levels';
import { EXAMPLES } from './examples';
import type { Example } from './examples';
import { ExamplesPanel } from './examples-panel';
import { IdentityBar } from './identity-bar';
import { identityFor, identityName } from './identity';
import type { Identity } from './identity';
import type { Language } from './texts';
import { TEXTS } from './texts';
import type { Refusal, Transport } from './transport';

const WIDE = '(min-width: 900px)';

interface Props {
  language: Language;
  personas: Persona[];
  transport: Transport;
  identity: Identity;
  onIdentity: (identity: Identity) => void;
  /** Why the last request's token was refused. */
  refusal: Refusal | undefined;
  /** What the address asked for and does not exist. */
  notice: string | undefined;
  initialExample: Example | undefined;
}

/** The page: who asks, the examples, GraphiQL. */
export function Workbench({ language, personas, transport, identity, onIdentity, refusal, notice, initialExample }: Props) {
  const texts = TEXTS[language];
  const [current, setCurrent] = useState(initialExample);
  const [examplesOpen, setExamplesOpen] = useState(() => matchMedia(WIDE).matches);
  const [noticeOpen, setNoticeOpen] = useState(true);
  const actions = useGraphiQLActions();
  const { schema, queryEditor, variableEditor, responseEditor } = useGraphiQL(
    ({ schema, queryEditor, variableEditor, responseEditor }) => ({ schema, queryEditor, variableEditor, responseEditor }),
  );

  useEffect(() => showInAddress(current, identity), [current, identity]);

  function become(next: Identity) {
    if (next === identity) return;
    onIdentity(next);
    setNoticeOpen(false);
    actions.stop();
    transport.reset();
    responseEditor?.setValue('');
    actions.updateActiveTabValues({ response: null });
    if (!schema) void actions.introspect();
  }

  function open(example: Example) {
    if (!queryEditor) return;
    become(identityFor(example.level, identity, personas));
    actions.stop();
    transport.reset();
    const written = queryEditor.getValue().trim();
    if (written !== '' && !EXAMPLES.some(({ query }) => query.trim() === written)) actions.addTab();
    queryEditor.setValue(example.query);
    variableEditor?.setValue(example.variables);
    responseEditor?.setValue('');
    const operationName = example.operation.name?.value;
    actions.setOperationFacts({ documentAST: example.document, operationName, operations: [example.operation] });
    actions.updateActiveTabValues({
      query: example.query,
      variables: example.variables,
      operationName: operationName ?? null,
      response: null,
    });
    setCurrent(example);
    if (!matchMedia(WIDE).matches) setExamplesOpen(false);
    queryEditor.setScrollTop(0);
    queryEditor.focus();
  }

  return (
    <>
      <header className="bar">
        <h1>
          <a href={`/?lang=${language}`} aria-label={`Raccordo: ${texts.home}`}>
            Raccordo
          </a>
          <span>GraphiQL</span>
        </h1>
        <button
          type="button"
          className="toggle"
          aria-expanded={examplesOpen}
          aria-controls="examples"
          onClick={() => setExamplesOpen(!examplesOpen)}
        >
          {texts.examples}
        </button>
        <IdentityBar language={language} personas={personas} identity={identity} onChange={become} />
        <a className="language" href={otherLanguage(language)} lang={language === 'it' ? 'en' : 'it'}>
          {texts.otherLanguage}
        </a>
      </header>
      <div role="alert" className="alerts">
        {refusal && (
          <p className="refusal">
            <strong>{texts.refused(refusal.status)}</strong> {texts.refusedReason(refusal.reason)}
          </p>
        )}
        {notice && noticeOpen && (
          <p className="notice">
            {notice}
            <button type="button" onClick={() => setNoticeOpen(false)}>
              {texts.close}
            </button>
          </p>
        )}
      </div>
      <main className="workbench">
        {examplesOpen && <ExamplesPanel language={language} current={current} onChoose={open} />}
        <div className="editor">
          <GraphiQLInterface defaultEditorToolsVisibility="variables" showPersistHeadersSettings={false} />
        </div>
      </main>
      {personas.length > 0 && <footer className="foot">{texts.synthetic}</footer>}
    </>
  );
}

/** Keeps the address such that it can be shared. */
function showInAddress(example: Example | undefined, identity: Identity): void {
  const address = new URL(location.href);
  const name = identityName(identity);
  if (example) address.searchParams.set('operation', example.name);
  if (name) address.searchParams.set('as', name);
  else address.searchParams.delete('as');
  history.replaceState(null, '', address);
}

function otherLanguage(language: Language): string {
  const address = new URL(location.href);
  address.searchParams.set('lang', language === 'it' ? 'en' : 'it');
  return address.pathname + address.search;
}
