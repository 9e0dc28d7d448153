import { useId, useState } from 'react';
import type { Persona } from '../levels';
import type { Identity } from './identity';
import { PUBLIC, identityName, identityNamed } from './identity';
import type { Language } from './texts';
import { TEXTS } from './texts';

interface Props {
  language: Language;
  personas: Persona[];
  identity: Identity;
  onChange: (identity: Identity) => void;
}

/** Chooses as whom requests are sent. */
export function IdentityBar({ language, personas, identity, onChange }: Props) {
  const texts = TEXTS[language];
  const [pasting, setPasting] = useState(identity.as === 'token');
  const [draft, setDraft] = useState('');
  const id = useId();
  const showsToken = pasting || identity.as === 'token';
  return (
    <form
      className={showsToken ? 'identity long' : 'identity'}
      onSubmit={(event) => {
        event.preventDefault();
        const token = draft.trim().replace(/^Bearer\s+/i, '');
        if (!token) return;
        setDraft('');
        onChange({ as: 'token', token });
      }}
    >
      <label htmlFor={`${id}-who`}>{texts.actingAs}</label>
      <select
        id={`${id}-who`}
        value={showsToken ? 'token' : identityName(identity)}
        onChange={({ target: { value } }) => {
          setPasting(value === 'token');
          if (value !== 'token') onChange(identityNamed(value, personas) ?? PUBLIC);
        }}
      >
        {personas.map(({ name, level, organisation }) => (
          <optgroup key={name} label={texts.levels[level]}>
            <option value={name}>{organisation}</option>
          </optgroup>
        ))}
        <optgroup label={texts.levels.public}>
          <option value="public">{texts.asPublic}</option>
        </optgroup>
        <option value="token">{texts.asToken}</option>
      </select>
      {showsToken && (
        <>
          <label htmlFor={`${id}-token`}>{texts.token}</label>
          <input
            id={`${id}-token`}
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={draft}
            placeholder={identity.as === 'token' ? texts.tokenInUse : undefined}
            aria-describedby={`${id}-hint`}
            onChange={({ target: { value } }) => setDraft(value)}
          />
          <button type="submit">{texts.useToken}</button>
          <small id={`${id}-hint`}>{texts.tokenHint}</small>
        </>
      )}
    </form>
  );
}
