import { useState } from 'react';
import type { Api } from '../data/api';
import type { MapState } from '../data/state';
import { START } from '../data/state';
import { useAnswer } from '../data/use-answer';
import type { Change } from '../data/use-state';
import { dayText } from '../language';
import { SearchBox } from '../search-box';
import { nodeTerm } from '../terms';
import { texts } from '../texts';
import { Record } from './record';
import { groupsOf, partnersOf, sentence } from './sentence';
import type { Group } from './sentence';

interface Props {
  api: Api;
  id: string;
  state: MapState;
  change: Change;
  /** Begins to wait for the second of "who connects these two". */
  isPicking: boolean;
  onPick: (isPicking: boolean) => void;
}

/** Ties over which bodies work together. */
const WORKING = ['MEMBER_OF', 'LEADS', 'PARTNER_IN', 'CONTRACTED_FOR', 'SIGNATORY_OF', 'RESPONSIBLE_FOR'];

/** A body, project, agreement or intervention: a sentence, what can be done, its ties, the record. */
export function NodePanel({ api, id, state, change, isPicking, onPick }: Props) {
  const around = (hops: number): MapState => ({ ...START, day: state.day, place: { altitude: 'around', id, hops } });
  const key = `${id} ${state.day}`;
  const ego = useAnswer(key, () => api.network(around(1)));
  const circle = useAnswer(key, () => api.network({ ...around(2), tieKinds: WORKING }));
  if (ego.error) return <p className="notice">{ego.error.message}</p>;
  if (ego.isLoading) return <p className="soft">{texts.loading}</p>;
  const node = ego.data?.nodes.find((each) => each.id === id);
  if (!ego.data || !node) return <p className="notice">{texts.hidden}</p>;
  const groups = groupsOf(ego.data, id);
  const partners = circle.data ? partnersOf(circle.data, id) : 0;
  const isCentre = state.place.altitude === 'around' && state.place.id === id;
  return (
    <>
      <p className="kind">{nodeTerm(node)}</p>
      <h2>{node.name}</h2>
      <p className="sentence">
        <strong>{node.name}</strong> {sentence(groups, partners)}
      </p>
      {node.isSynthetic && <p className="synthetic">{texts.synthetic}</p>}
      <p className="actions">
        {!isCentre && (
          <button type="button" onClick={() => change({ place: { altitude: 'around', id, hops: 1 }, since: null, beside: null })}>
            {texts.openEgo}
          </button>
        )}
        <button type="button" aria-expanded={isPicking} onClick={() => onPick(!isPicking)}>
          {texts.connectWith}
        </button>
      </p>
      {isPicking && (
        <div className="picking">
          <p>{texts.pickSecond}</p>
          <SearchBox api={api} label={texts.second} kinds={['ORGANISATION', 'PROJECT', 'AGREEMENT']} onChoose={(hit) => change({ towards: hit.id })} />
        </div>
      )}
      <details open>
        <summary>{texts.details}</summary>
        <Record api={api} id={id} />
      </details>
      <h3>{texts.itsTies}</h3>
      {groups.map((group) => (
        <TieGroup key={`${group.kind}${group.isActive}`} api={api} group={group} onSelect={(other) => change({ selected: other })} />
      ))}
    </>
  );
}

const FIRST_TIES = 12;

function TieGroup({ api, group, onSelect }: { api: Api; group: Group; onSelect: (id: string) => void }) {
  const [isWhole, setIsWhole] = useState(false);
  const [active = '', passive = ''] = texts.isTie[group.kind] ?? [group.kind, group.kind];
  const shown = isWhole ? group.ties : group.ties.slice(0, FIRST_TIES);
  const rest = group.ties.length - shown.length;
  return (
    <section className="ties">
      <h4>
        {group.isActive ? active : passive} <span className="soft">({group.ties.length})</span>
      </h4>
      <ul>
        {shown.map(({ edge, other }) => (
          <li key={edge.id}>
            <button type="button" className="quiet" onClick={() => onSelect(other.id)}>
              {other.name}
            </button>
            <span className="soft">
              {[edge.validFrom && texts.since(dayText(edge.validFrom)), edge.validUntil && texts.until(dayText(edge.validUntil))]
                .filter(Boolean)
                .join(' ')}
            </span>
            <Behind api={api} id={edge.recordId} />
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" className="quiet" onClick={() => setIsWhole(true)}>
          {texts.moreRows(rest)}
        </button>
      )}
    </section>
  );
}

/** The record behind a tie, asked for when it is opened. */
export function Behind({ api, id }: { api: Api; id: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{texts.behind}</summary>
      {isOpen && <Record api={api} id={id} />}
    </details>
  );
}
