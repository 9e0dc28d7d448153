// A person signs in, looks at the account and signs out, in a real browser against a hub with a provider (provider.mjs).
// node sign-in.mjs <base-url> [folder for screenshots]
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { launch, seriousViolations } from './chromium.mjs';
import { argument, report } from './report.mjs';

const base = argument(1, 'sign-in.mjs <base-url> [folder for screenshots]').replace(/\/$/, '');
const folder = process.argv[3];
if (folder) mkdirSync(folder, { recursive: true });

const browser = await launch();
const context = await browser.newContext({ locale: 'it-IT', viewport: { width: 1280, height: 800 } });
const page = await context.newPage();
page.setDefaultTimeout(15_000);
const complaints = [];
page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
page.on('console', (message) => {
  if (message.type() !== 'error' || !page.url().startsWith(base)) return;
  // A page that is itself a refusal is told of as an error, too, and so is it that there is no demonstration here.
  if (message.text().includes('401') || message.location().url.endsWith('/demo/personas')) return;
  complaints.push(`${page.url()}: ${message.text()}`);
});

async function picture(tab, name) {
  if (folder) await tab.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

function expect(holds, expected, got) {
  if (!holds) throw new Error(`expected ${expected}, got ${JSON.stringify(got)}`);
}

async function fit(name, tab = page) {
  const violations = await seriousViolations(tab);
  expect(violations.length === 0, 'no serious violation', violations);
  await picture(tab, name);
  await tab.setViewportSize({ width: 390, height: 844 });
  const [needed, given] = await tab.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  await picture(tab, `${name}-narrow`);
  await tab.setViewportSize({ width: 1280, height: 800 });
  expect(needed <= given, 'a page as wide as the screen', { needed, given });
}

async function signIn(login) {
  await page.locator('input[name=login]').fill(login);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A program that waits on this machine, as `raccordo sign-in` does: where it is asked for, and what it is brought. */
async function program() {
  const verifier = randomBytes(32).toString('base64url');
  let brought;
  const answer = new Promise((resolve) => (brought = resolve));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
    if (pathname === '/') brought(searchParams);
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Program</title>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${server.address().port}/`;
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: 'raccordo',
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'a-state',
  });
  return { address: `${base}/sign-in/terminal?${asked}`, answer, verifier, redirectUri, close: () => server.close() };
}

const rules = [
  {
    rule: 'The start page offers to sign in',
    async check() {
      await page.goto(`${base}/`);
      await page.getByRole('link', { name: 'Accedi' }).waitFor();
      await fit('start');
    },
  },
  {
    rule: 'A refusal at the provider comes back as a page that says what to do',
    async check() {
      await page.getByRole('link', { name: 'Accedi' }).click();
      await page.getByRole('button', { name: 'Refuse' }).click();
      await page.getByRole('alert').waitFor();
      expect((await page.textContent('main')).includes('ACCESS_DENIED'), 'the code', await page.textContent('main'));
      await fit('refused');
    },
  },
  {
    rule: 'The account shows who one is and for whom one acts',
    async check() {
      await page.getByRole('link', { name: 'Accedi di nuovo' }).click();
      await signIn('ada');
      await page.waitForURL(`${base}/account`);
      await page.getByText('Ada Bianchi').waitFor();
      await page.getByText('Bologna').first().waitFor();
      const cookie = (await context.cookies()).find(({ name }) => name === '__Host-raccordo-session');
      expect(cookie?.httpOnly && cookie.secure && cookie.sameSite === 'Lax', 'a guarded cookie', cookie);
      await fit('account');
    },
  },
  {
    rule: 'The account speaks English, too',
    async check() {
      await page.getByRole('link', { name: 'English' }).click();
      await page.getByRole('heading', { name: 'Open sessions' }).waitFor();
      await fit('account-en');
    },
  },
  {
    rule: 'A program that waits on this machine is let in, and stands among the sessions',
    async check() {
      const { address, answer, verifier, redirectUri, close } = await program();
      await page.goto(address);
      await page.getByRole('heading', { name: 'Accesso da riga di comando' }).waitFor();
      expect((await page.textContent('main')).includes('Ada Bianchi'), 'who would act', await page.textContent('main'));
      await fit('terminal');
      await page.getByRole('button', { name: 'Consenti' }).click();
      await page.waitForURL(`${redirectUri}**`);
      const brought = await answer;
      close();
      expect(brought.get('state') === 'a-state' && brought.get('iss') === base, 'its own state', [...brought]);
      const form = { grant_type: 'authorization_code', client_id: 'raccordo', code: brought.get('code') };
      const body = new URLSearchParams({ ...form, redirect_uri: redirectUri, code_verifier: verifier });
      const token = await (await fetch(`${base}/oauth/token`, { method: 'POST', body })).json();
      expect(token.token_type === 'Bearer', 'a token', token);
      await page.goto(`${base}/account`);
      await page.getByText('Riga di comando: iniziata').waitFor();
      await fit('account-terminal');
    },
  },
  {
    rule: 'A program that is refused is told so',
    async check() {
      const { address, answer, close } = await program();
      await page.goto(address);
      await page.getByRole('button', { name: 'Rifiuta' }).click();
      expect((await answer).get('error') === 'access_denied', 'a refusal', [...(await answer)]);
      close();
    },
  },
  {
    rule: 'Who belongs to several organisations chooses one, and goes on to the program that waits',
    async check() {
      const other = await browser.newContext({ locale: 'it-IT' });
      const tab = await other.newPage();
      tab.setDefaultTimeout(15_000);
      const { address, answer, close } = await program();
      await tab.goto(address);
      await tab.locator('input[name=login]').fill('carla');
      await tab.getByRole('button', { name: 'Sign in' }).click();
      await tab.getByText("Scegliere l'ente per cui agire.").waitFor();
      await fit('account-choice', tab);
      await tab.getByRole('link', { name: 'English' }).click();
      const onward = await tab.getByRole('link', { name: 'Go on without an organisation' }).getAttribute('href');
      expect(onward === address, 'the same way in the other language', onward);
      const elsewhere = ['//evil.example/', 'https://evil.example/', '/\\evil.example/', 'javascript:alert(1)', 'blob:x', '/\t/evil.example'];
      for (const place of elsewhere) {
        await tab.goto(`${base}/account?return=${encodeURIComponent(place)}`);
        await tab.getByText("Scegliere l'ente per cui agire.").waitFor();
        expect((await tab.getByRole('link', { name: 'Prosegui' }).count()) === 0, 'no way out of the hub', place);
      }
      await tab.goto(address);
      await tab.getByText('per nessun ente').waitFor();
      await fit('terminal-nobody', tab);
      await tab.getByRole('link', { name: 'Scegliere un ente' }).click();
      const modena = tab.getByRole('listitem').filter({ hasText: 'Modena' });
      await modena.getByRole('button', { name: 'Agisci per questo ente' }).click();
      await tab.getByRole('heading', { name: 'Accesso da riga di comando' }).waitFor();
      expect((await tab.textContent('main')).includes('Modena'), 'the one chosen', await tab.textContent('main'));
      await tab.getByRole('button', { name: 'Consenti' }).click();
      expect((await answer).get('code'), 'a code', [...(await answer)]);
      close();
      await other.close();
    },
  },
  {
    rule: 'The start page says who is signed in',
    async check() {
      await page.goto(`${base}/`);
      await page.getByRole('link', { name: 'Ada Bianchi' }).click();
      await page.getByRole('button', { name: 'Esci', exact: true }).waitFor();
    },
  },
  {
    rule: 'After signing out the account is closed, and nothing was complained of',
    async check() {
      await page.getByRole('button', { name: 'Esci', exact: true }).click();
      await page.waitForURL((url) => url.pathname !== '/account');
      await page.goto(`${base}/account`);
      await page.getByText("Non è stato effettuato l'accesso").waitFor();
      await fit('signed-out');
      expect(complaints.length === 0, 'no complaints', complaints);
    },
  },
];

const holds = await report(rules);
await browser.close();
process.exit(holds ? 0 : 1);
