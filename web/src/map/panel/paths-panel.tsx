import type { Api } from '../data/api';
import type { Path } from '../data/types';
import type { Change } from '../data/use-state';
import { term, terms } from '../terms';
import { texts } from '../texts';
import { Behind } from './node-panel';

/** Who connects two bodies: each path step by step, with the records that make each step. */
export function PathsPanel({ api, paths, change }: { api: Api; paths: Path[]; change: Change }) {
  const [first] = paths;
  const [one, other] = [first?.steps[0]?.from, first?.steps.at(-1)?.to];
  return (
    <>
      <p className="kind">{texts.whoConnects}</p>
      {one && other ? <h2>{texts.connection(one.name, other.name)}</h2> : <p className="notice">{texts.noPath}</p>}
      {paths.map((path, index) => (
        <section key={index} className="ties">
          <h3>
            {texts.table.path} {index + 1} <span className="soft">({texts.steps(path.length)})</span>
          </h3>
          <ol>
            {path.steps.flatMap(({ from, to, edges }) =>
              edges.map((edge) => {
                const [start, end] = edge.from === from.id ? [from, to] : [to, from];
                const verb = texts.isTie[edge.kind]?.[0] ?? term(terms.tieKinds, edge.kind).toLowerCase();
                return (
                  <li key={edge.id}>
                    <strong>{start.name}</strong> {verb} <strong>{end.name}</strong>
                    <Behind api={api} id={edge.recordId} />
                  </li>
                );
              }),
            )}
          </ol>
        </section>
      ))}
      <p className="actions">
        <button type="button" onClick={() => change({ towards: null })}>
          {texts.close}
        </button>
      </p>
    </>
  );
}
