import type { Persona } from '../levels';
import type { Api } from './data/api';
import type { MapState } from './data/state';
import type { Hit } from './data/types';
import { addressOf } from './data/use-state';
import { language } from './language';
import { SearchBox } from './search-box';
import { texts } from './texts';

interface Props {
  api: Api;
  state: MapState;
  personas: Persona[];
  identity: string;
  isEmbedded: boolean;
  onIdentity: (name: string) => void;
  onFind: (hit: Hit) => void;
}

/** The name, the search, who looks, the other language. */
export function Header({ api, state, personas, identity, isEmbedded, onIdentity, onFind }: Props) {
  if (isEmbedded) {
    return (
      <header className="embed-header">
        <span className="brand">Raccordo</span>
        <a href={addressOf(state)} target="_blank" rel="noopener">
          {texts.openRaccordo}
        </a>
      </header>
    );
  }
  const other = language === 'it' ? 'en' : 'it';
  return (
    <header>
      <a className="brand" href={`/?lang=${language}`}>
        Raccordo
      </a>
      <SearchBox api={api} label={texts.search} onChoose={onFind} />
      {personas.length > 0 && (
        <label className="identity">
          <span>{texts.actingAs}</span>
          <select value={identity} onChange={({ target }) => onIdentity(target.value)}>
            <option value="public">{texts.asPublic}</option>
            {personas.map(({ name, organisation }) => (
              <option key={name} value={name}>
                {organisation}
              </option>
            ))}
          </select>
        </label>
      )}
      <a href={addressOf(state, { lang: other })} lang={other} hrefLang={other}>
        {other === 'en' ? 'English' : 'Italiano'}
      </a>
    </header>
  );
}
