// The hub's pages in a real browser, against a hub in demonstration mode.
// node browser.mjs <base-url> [folder for screenshots]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, seriousViolations } from './chromium.mjs';
import { argument, report } from './report.mjs';
import { watched } from './watched.mjs';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
const PATIENCE = 15_000;
function expect(holds, expected, got) {
  if (!holds) throw new Error(`expected ${expected}, got ${typeof got === 'string' ? got.slice(0, 500) : JSON.stringify(got)}`);
}

const base = argument(1, 'browser.mjs <base-url> [folder for screenshots]').replace(/\/$/, '');
const folder = process.argv[3];
if (folder) mkdirSync(folder, { recursive: true });

const browser = await launch();
const { newPage, on, foreignRequests, complaints } = watched(browser, base, { viewport: WIDE, patience: PATIENCE });

async function picture(page, name) {
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: !page.url().includes('/graphiql') });
}

async function openGraphiql(page, search = '') {
  await page.goto(`${base}/graphiql${search}`);
  await page.locator('.graphiql-query-editor .view-lines').waitFor();
}

/** The text of one of GraphiQL's editors, whole: the page shows the visible lines alone. */
function editorText(page, name) {
  return page.evaluate(
    (ending) => globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith(ending))?.getValue() ?? '',
    name,
  );
}

/** Runs what is in the editor; the answer as the answer pane shows it. */
async function answerOf(page) {
  await page.locator('.graphiql-execute-button').click();
  await page.waitForFunction(
    () => globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('response.json'))?.getValue() !== '',
  );
  await page.locator('.graphiql-response .view-lines').waitFor();
  return editorText(page, 'response.json');
}

async function fitsItsWidth(page) {
  const { needed, given } = await page.evaluate(() => ({
    needed: document.documentElement.scrollWidth,
    given: document.documentElement.clientWidth,
  }));
  expect(needed <= given, `a page of ${given} pixels`, `${needed} pixels`);
}

/** The examples that the page offers, and the personas of the hub. */
async function offered() {
  const page = await newPage();
  try {
    await openGraphiql(page);
    const personas = await page.request.get(`${base}/demo/personas`);
    expect(personas.ok(), 'a hub in demonstration mode', `HTTP ${personas.status()} at /demo/personas`);
    const buttons = page.locator('button[data-example]');
    return {
      personas: await personas.json(),
      examples: await buttons.evaluateAll((all) => all.map(({ dataset: { example, level } }) => ({ example, level }))),
    };
  } finally {
    await page.context().close();
  }
}

function homeRules() {
  const perView = ['it', 'en'].flatMap((language) =>
    [WIDE, NARROW].map((viewport) => ({
      rule: `/ speaks ${language}, fits ${viewport.width} pixels and has no serious fault of accessibility`,
      check: on({ language, viewport }, async (page) => {
        await page.goto(`${base}/`);
        await page.locator('#personas a').first().waitFor();
        const lang = await page.locator('html').getAttribute('lang');
        expect(lang === language, `lang="${language}"`, lang);
        await fitsItsWidth(page);
        const violations = await seriousViolations(page);
        expect(violations.length === 0, 'no violations', violations);
        await picture(page, `home-${language}-${viewport.width}`);
      }),
    })),
  );
  return [
    ...perView,
    {
      rule: '/?lang= wins over the language of the browser',
      check: on({ language: 'it' }, async (page) => {
        await page.goto(`${base}/`);
        await page.getByRole('link', { name: 'English' }).click();
        await page.waitForURL('**/?lang=en');
        const lang = await page.locator('html').getAttribute('lang');
        expect(lang === 'en', 'lang="en"', lang);
      }),
    },
    {
      rule: 'Every link of / to this hub answers',
      check: on({}, async (page) => {
        await page.goto(`${base}/`);
        await page.locator('#personas a').first().waitFor();
        const links = await page.locator('a[href^="/"]').evaluateAll((all) => [...new Set(all.map(({ href }) => href))]);
        for (const link of links) {
          const response = await page.request.get(link);
          expect(response.ok(), `an answer at ${link}`, `HTTP ${response.status()}`);
        }
      }),
    },
    {
      rule: '/ leads to GraphiQL, whose own parts have no serious fault of accessibility',
      check: on({}, async (page) => {
        await page.goto(`${base}/`);
        await page.locator('.hero .button').click();
        await page.locator('.graphiql-query-editor .view-lines').waitFor();
        const violations = await seriousViolations(page, ['.graphiql-container']);
        expect(violations.length === 0, 'no violations', violations);
      }),
    },
  ];
}

function exampleRule({ example, level }, personas) {
  const persona = personas.find((each) => each.level.toLowerCase() === level);
  const as = persona?.name ?? 'public';
  return {
    rule: `The example ${example} (${level}), asked as ${as}, shows data and no errors`,
    check: on({}, async (page) => {
      await openGraphiql(page);
      await page.locator(`button[data-example="${example}"]`).click();
      const selected = await page.locator('.identity select').inputValue();
      expect(selected === as, `to act as ${as}`, selected);
      const asked = page.waitForRequest(
        (request) => request.url() === `${base}/graphql` && !request.postData()?.includes('IntrospectionQuery'),
      );
      const answer = await answerOf(page);
      const sent = (await asked).headers().authorization;
      const expected = persona && `Bearer ${persona.token}`;
      expect(sent === expected, `Authorization of ${as}`, sent);
      expect(/^\{\s*"data": \{/.test(answer) && !answer.includes('"errors"'), '"data" without "errors"', answer);
      await picture(page, `graphiql-${example}`);
    }),
  };
}

function graphiqlRules({ personas, examples }) {
  const council = personas.find(({ level }) => level.toLowerCase() === 'council');
  return [
    ...examples.map((each) => exampleRule(each, personas)),
    {
      rule: 'Every level has an example',
      async check() {
        for (const level of ['national', 'prefecture', 'council', 'partner', 'public']) {
          expect(examples.some((each) => each.level === level), `an example for ${level}`, examples);
        }
      },
    },
    {
      rule: 'An address opens its example as its persona, and no token stands in the address or outlives the session',
      check: on({}, async (page) => {
        await openGraphiql(page, `?operation=council&as=${council.name}`);
        const selected = await page.locator('.identity select').inputValue();
        expect(selected === council.name, council.name, selected);
        const query = await editorText(page, 'operation.graphql');
        expect(query.includes('viewer'), 'the example of the council', query);
        const answer = await answerOf(page);
        expect(answer.includes('"data"'), '"data"', answer);
        const kept = await page.evaluate(() => JSON.stringify(localStorage) + location.href);
        expect(!kept.includes(council.token), 'no token', kept);
      }),
    },
    {
      rule: 'A subscription over the WebSocket, as a persona, shows its first event',
      check: on({}, async (page) => {
        await openGraphiql(page, `?operation=council&as=${council.name}`);
        await page.evaluate(() => {
          const models = globalThis.__MONACO.editor.getModels();
          models.find(({ uri }) => uri.path.endsWith('operation.graphql')).setValue('subscription { dataVersionChanged }');
        });
        // The editor reads the operation a moment after it was written.
        await page.waitForTimeout(500);
        const answer = await answerOf(page);
        expect(answer.includes('"dataVersionChanged"') && !answer.includes('"errors"'), 'an event', answer);
      }),
    },
    {
      rule: 'A refused token is said plainly, and choosing somebody else mends it',
      check: on({ refusalsExpected: true }, async (page) => {
        await openGraphiql(page, '?operation=public');
        await page.locator('.identity select').selectOption('token');
        await page.locator('.identity input').fill('not-a-token');
        await page.locator('.identity button').click();
        await page.locator('.graphiql-execute-button').click();
        await page.locator('.refusal').waitFor();
        await picture(page, 'graphiql-refused');
        const text = await page.locator('.refusal').innerText();
        expect(text.includes('401'), '401 in the alert', text);
        await page.locator('.identity select').selectOption('public');
        await page.locator('.refusal').waitFor({ state: 'detached' });
        const answer = await answerOf(page);
        expect(answer.includes('"data"'), '"data"', answer);
      }),
    },
    {
      rule: 'GraphiQL fits 390 pixels and speaks English there too',
      check: on({ language: 'en', viewport: NARROW }, async (page) => {
        await openGraphiql(page);
        await fitsItsWidth(page);
        await page.getByRole('button', { name: 'Examples' }).click();
        await picture(page, 'graphiql-390-examples');
        await page.locator('button[data-example="public"]').click();
        const answer = await answerOf(page);
        expect(answer.includes('"data"'), '"data"', answer);
        await picture(page, 'graphiql-390');
      }),
    },
  ];
}

const rules = [
  ...homeRules(),
  ...graphiqlRules(await offered()),
  {
    rule: 'No request went to another origin',
    check: async () => expect(foreignRequests.length === 0, 'none', foreignRequests),
  },
  {
    rule: 'No error and no breach of the content security policy stands in the console',
    check: async () => expect(complaints.length === 0, 'none', complaints),
  },
];
const holds = await report(rules);
await browser.close();
process.exit(holds ? 0 : 1);
