import type { Level } from '../levels';
import { demoPersonas } from '../levels';
import { ask, providers } from '../hub';

const LEVEL_NAMES: Record<string, Record<Level, string>> = {
  it: {
    national: 'Livello nazionale',
    prefecture: 'Prefettura',
    council: 'Consiglio territoriale',
    partner: 'Ente partner',
    public: 'Pubblico',
  },
  en: {
    national: 'National level',
    prefecture: 'Prefecture',
    council: 'Territorial council',
    partner: 'Partner body',
    public: 'Public',
  },
};

const language = document.documentElement.lang;

/** Offers the demonstration's personas; the section stays hidden where there are none. */
async function offerPersonas(): Promise<void> {
  const personas = await demoPersonas();
  if (personas.length === 0) return;
  const items = personas.map(({ name, level, organisation }) => {
    const link = document.createElement('a');
    link.href = `/graphiql?${new URLSearchParams({ operation: level, as: name, lang: language })}`;
    link.textContent = organisation;
    link.lang = 'it';
    const item = document.createElement('li');
    item.append(link, ` ${LEVEL_NAMES[language]?.[level] ?? level}`);
    return item;
  });
  document.getElementById('personas')!.replaceChildren(...items);
  document.getElementById('demo')!.hidden = false;
}

/** Makes the request one that can be pasted: this installation's address, and a button that copies it. */
function offerCopy(): void {
  document.getElementById('origin')!.textContent = location.origin;
  const button = document.getElementById('copy') as HTMLButtonElement;
  // Browsers give the clipboard to secure origins only.
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(document.getElementById('request')!.textContent.trim()).then(() => {
      button.textContent = button.dataset.done!;
    });
  });
}

/** Shows who is signed in, or offers to sign in, where people can. */
async function showPerson(): Promise<void> {
  if ((await providers()).length === 0) return;
  const link = document.getElementById('person') as HTMLAnchorElement;
  const query = '{ viewer { account { name email } } }';
  const answer = await ask<{ viewer: { account: { name: string; email: string } | null } }>(query).catch(() => null);
  const account = answer?.viewer.account;
  if (!account) link.href = '/sign-in?return=/account';
  link.textContent = account ? account.name || account.email || '/account' : link.dataset.signIn!;
  link.hidden = false;
}

offerCopy();
void showPerson();
void offerPersonas();
