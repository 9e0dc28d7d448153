import { ask, HubError, providers, signOut } from '../hub';
import { language, texts } from './texts';

interface Account {
  id: string;
  name: string;
  email: string;
  sessions: { id: string; createdAt: string; seenAt: string; expiresAt: string; isTerminal: boolean; isCurrent: boolean }[];
  memberships: { id: string; role: string; organisation: { id: string; name: string }; isActive: boolean }[];
  delegations: {
    id: string;
    office: { name: string };
    rooms: string[];
    mode: string;
    validUntil: string;
    isActive: boolean;
  }[];
}

const ACCOUNT = `{ viewer { account {
  id name email
  sessions { id createdAt seenAt expiresAt isTerminal isCurrent }
  memberships { id role organisation { id name } isActive }
  delegations { id office { name } rooms mode validUntil isActive }
} } }`;

const place = document.getElementById('account')!;
const notice = document.getElementById('notice')!;

type Child = Node | string | false;

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== false));
  return made;
}

const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
const at = (time: string): string => moment.format(new Date(time));

/** Where people wanted to go before they were asked for whom they act: a page of this hub, or nowhere. */
function wanted(): string | null {
  const given = new URLSearchParams(location.search).get('return');
  if (!given?.startsWith('/') || !URL.canParse(given, location.origin)) return null;
  const { origin, href } = new URL(given, location.origin);
  return origin === location.origin ? href : null;
}

/** Where refusals are told. */
const alert = element('p', { role: 'alert' });

function tell(error: unknown): void {
  alert.textContent = error instanceof HubError ? error.message : texts.failed;
  alert.scrollIntoView({ block: 'nearest' });
}

/** Runs a mutation with a payload of `userErrors`, then shows what has become of the account. */
async function change(mutation: string, type: string, input: Record<string, unknown>): Promise<void> {
  const query = `mutation($input: ${type}!) { payload: ${mutation}(input: $input) { userErrors { message } } }`;
  const { payload } = await ask<{ payload: { userErrors: { message: string }[] } }>(query, { input });
  const [refused] = payload.userErrors;
  if (refused) throw new HubError(refused.message, '');
}

/** A button that does something once, tells why it could not, and shows the account anew. */
function button(text: string, act: () => Promise<void>, className = ''): HTMLButtonElement {
  const made = element('button', { type: 'button', className }, text);
  made.addEventListener('click', () => {
    made.disabled = true;
    alert.textContent = '';
    act()
      .then(show)
      .catch((error: unknown) => {
        made.disabled = false;
        tell(error);
      });
  });
  return made;
}

function thing(name: string, details: string, ...actions: Child[]): HTMLLIElement {
  const soft = element('span', { className: 'soft' }, details);
  return element('li', {}, element('div', {}, name, soft), element('div', { className: 'actions' }, ...actions));
}

function section(title: string, ...children: Child[]): HTMLElement {
  return element('section', {}, element('h2', {}, title), ...children);
}

const mark = (text: string): HTMLElement => element('span', { className: 'mark' }, text);

function memberships({ memberships, delegations }: Account): HTMLElement {
  const next = wanted();
  const act = (membershipId: string | undefined, delegationId: string | null = null) => async () => {
    await change('switchMembership', 'SwitchMembershipInput', { membershipId, delegationId });
    if (next) location.assign(next);
  };
  const active = memberships.find(({ isActive }) => isActive);
  const isUnderDelegation = delegations.some(({ isActive }) => isActive);
  const items = memberships.map(({ id, role, organisation, isActive }) =>
    thing(
      organisation.name,
      texts.roles[role] ?? role,
      isActive && mark(texts.acting),
      isActive && isUnderDelegation && button(texts.endDelegation, act(id)),
      !isActive && button(texts.actFor, act(id)),
    ),
  );
  const list = element('ul', { className: 'things' }, ...items);
  const hint = memberships.length === 0 ? texts.noMembership : !active && texts.chooseMembership;
  const goOn = next && element('p', {}, element('a', { href: next }, active ? texts.goOn : texts.goOnWithout));
  const made = section(texts.memberships, hint && element('p', {}, hint), memberships.length > 0 && list, goOn ?? false);
  if (delegations.length > 0) {
    const grants = delegations.map(({ id, office, rooms, mode, validUntil, isActive }) => {
      const scope = rooms.map((room) => texts.rooms[room] ?? room).join(', ');
      const details = `${mode === 'DRAFT' ? texts.draft : texts.read}: ${scope}, ${texts.until(day.format(new Date(validUntil)))}`;
      return thing(
        office.name,
        details,
        isActive ? mark(texts.acting) : active ? button(texts.underDelegation, act(active.id, id)) : false,
      );
    });
    made.append(element('h3', {}, texts.delegations), element('ul', { className: 'things' }, ...grants));
  }
  return made;
}

function sessions({ sessions }: Account): HTMLElement {
  const items = sessions.map(({ id, createdAt, seenAt, expiresAt, isTerminal, isCurrent }) =>
    thing(
      (isTerminal ? texts.terminalSession : texts.session)(at(createdAt), at(seenAt)),
      texts.sessionEnds(at(expiresAt)),
      isCurrent
        ? mark(texts.thisBrowser)
        : button(texts.endSession, () => change('endSession', 'EndSessionInput', { sessionId: id })),
    ),
  );
  const everywhere = async (): Promise<void> => {
    await ask('mutation { signOutEverywhere { userErrors { message } } }');
    await signOut();
  };
  return section(
    texts.sessions,
    element('ul', { className: 'things' }, ...items),
    element('p', {}, button(texts.signOutEverywhere, everywhere)),
  );
}

function ownData({ email }: Account): HTMLElement {
  const download = element('a', { className: 'button', href: '/export/own-data.json', download: '' }, texts.download);
  const typed = element('input', { type: 'email', autocomplete: 'off', id: 'confirm-email' });
  const erase = button(
    texts.eraseNow,
    async () => {
      await change('eraseOwnAccount', 'EraseOwnAccountInput', { confirmEmail: typed.value });
      notice.textContent = texts.erased;
    },
    'danger',
  );
  return section(
    texts.ownData,
    element('p', {}, texts.ownDataWhat),
    element('p', {}, download),
    element(
      'details',
      { className: 'erase' },
      element('summary', {}, texts.erase),
      element('ul', {}, ...texts.eraseWhat.map((what) => element('li', {}, what))),
      element('label', { htmlFor: 'confirm-email' }, email ? `${texts.confirmEmail} (${email})` : texts.confirmEmail),
      typed,
      element('p', {}, erase),
    ),
  );
}

async function showSignedOut(): Promise<void> {
  const isOffered = (await providers()).length > 0;
  const link = element('a', { className: 'button', href: '/sign-in?return=/account' }, texts.signIn);
  place.replaceChildren(
    element('p', {}, texts.signedOut, ' ', !isOffered && texts.noProvider),
    element('p', {}, isOffered && link),
  );
}

async function show(): Promise<void> {
  let account: Account | null;
  try {
    ({ account } = (await ask<{ viewer: { account: Account | null } }>(ACCOUNT)).viewer);
  } catch (error) {
    if (!(error instanceof HubError) || error.reason !== 'SESSION_EXPIRED') throw error;
    account = null;
  }
  if (!account) return showSignedOut();
  place.replaceChildren(
    alert,
    element('p', {}, element('strong', {}, account.name || texts.noName), account.email && ` · ${account.email}`),
    element('p', {}, button(texts.signOut, signOut)),
    memberships(account),
    sessions(account),
    ownData(account),
  );
}

/** What became of an invitation that the sign-in carried. */
function showInvitation(): void {
  const outcome = new URLSearchParams(location.search).get('invitation');
  if (!outcome) return;
  notice.textContent = texts.invitation[outcome] ?? '';
  history.replaceState(null, '', '/account');
}

/** The other language's page leads on to the same place. */
function keepTheWay(): void {
  const given = new URLSearchParams(location.search).get('return');
  const other = document.querySelector<HTMLAnchorElement>('a[hreflang]');
  if (!given || !other) return;
  const address = new URL(other.href);
  address.searchParams.set('return', given);
  other.href = address.href;
}

showInvitation();
keepTheWay();
show().catch((error: unknown) => {
  place.replaceChildren(alert);
  tell(error);
});
