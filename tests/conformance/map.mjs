// The map page in a real browser, against a hub in demonstration mode.
// node map.mjs <base-url> [folder for screenshots]
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { launch, violations } from './chromium.mjs';
import { argument, report } from './report.mjs';
import { watched } from './watched.mjs';

const WIDE = { width: 1400, height: 900 };
const NARROW = { width: 390, height: 844 };
const PATIENCE = 30_000;
/** Bytes, compressed, that the page may load before the territory's map library. */
const BUDGET = 450 * 1024;
const BOLOGNA = '/map?at=province:037';
const BODY = 'Cooperativa sociale Ponte sul Reno';
const OFFICE = 'Prefettura - Ufficio Territoriale del Governo di Bologna';

function expect(holds, expected, got) {
  if (!holds) throw new Error(`expected ${expected}, got ${typeof got === 'string' ? got.slice(0, 500) : JSON.stringify(got)}`);
}

const base = argument(1, 'map.mjs <base-url> [folder for screenshots]').replace(/\/$/, '');
const folder = process.argv[3];
if (folder) mkdirSync(folder, { recursive: true });

const browser = await launch();
const { newPage, on, foreignRequests, complaints } = watched(browser, base, { viewport: WIDE, patience: PATIENCE });

/** Opens an address and waits for its picture or table. */
async function open(page, address) {
  await page.goto(base + address);
  await settled(page);
}

async function settled(page) {
  await page.locator('[data-drawn], .tables table, .middle .notice').first().waitFor();
  await page.locator('.middle[aria-busy="false"]').waitFor();
}

const drawn = async (page) => Number(await page.locator('[data-drawn]').first().getAttribute('data-drawn'));
const said = (page) => page.locator('.said').innerText();
const query = (page, name) => new URL(page.url()).searchParams.get(name);

async function picture(page, name) {
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function isUsable(page, name) {
  await picture(page, name);
  const found = await violations(page);
  expect(found.length === 0, 'no violations', found);
}

/** Types into a search field and takes what is found first, which is called so. */
async function find(page, field, text, name = text) {
  await field.fill(text);
  await page.locator('[role=listbox] [role=option]', { hasText: name }).first().waitFor();
  await field.press('Enter');
}

const search = (page) => page.locator('header .search input');

const states = [
  ['country', '/map', {}],
  ['country-en-dark', '/map', { language: 'en', scheme: 'dark' }],
  ['country-390', '/map', { viewport: NARROW }],
  ['region', '/map?at=region:08', {}],
  ['province', BOLOGNA, {}],
  ['province-communities-dark', `${BOLOGNA}&colour=community&size=BETWEENNESS`, { scheme: 'dark', language: 'en' }],
  ['province-funds', `${BOLOGNA}&colour=fund&size=PAGE_RANK`, {}],
  ['difference', `${BOLOGNA}&since=2020-01-01`, {}],
  ['country-difference', '/map?since=2020-01-01', {}],
  ['side-by-side', `${BOLOGNA}&beside=100`, {}],
  ['territory', '/map?view=territory&count=projects', {}],
  ['table', '/map?view=table', {}],
  ['province-table', `${BOLOGNA}&view=table`, {}],
  ['difference-table', `${BOLOGNA}&since=2020-01-01&view=table`, {}],
  ['embed', '/map?embed=1&at=region:08', {}],
  ['nowhere', '/map?at=province:999', {}],
].map(([name, address, options]) => ({
  rule: `${name} is drawn or told, and has no serious fault of accessibility`,
  check: on(options, async (page) => {
    await open(page, address);
    await isUsable(page, name);
    const { needed, given } = await page.evaluate(() => ({
      needed: document.documentElement.scrollWidth,
      given: document.documentElement.clientWidth,
    }));
    expect(needed <= given, `a page of ${given} pixels`, `${needed} pixels`);
  }),
}));

const rules = [
  ...states,
  {
    rule: 'The country begins with provinces and a sentence, in both languages',
    check: on({}, async (page) => {
      await open(page, '/map');
      const marks = await drawn(page);
      expect(marks > 100 && marks < 130, 'a mark for each province', marks);
      expect(/enti.*province/.test(await said(page)), 'a sentence with numbers', await said(page));
      await page.getByRole('link', { name: 'English' }).click();
      await settled(page);
      expect(/bodies.*provinces/.test(await said(page)), 'the sentence in English', await said(page));
    }),
  },
  {
    rule: 'Search flies to a body of a province and opens its panel: sentence, record, the documents behind its ties',
    check: on({}, async (page) => {
      await open(page, '/map');
      await find(page, search(page), BODY);
      const panel = page.getByRole('complementary');
      await panel.getByRole('heading', { name: BODY }).waitFor();
      const sentence = await panel.locator('.sentence').innerText();
      expect(/lavora con \d+ enti/.test(sentence), 'with how many it works', sentence);
      await panel.getByText('Il record dietro il legame').first().click();
      await panel.locator('.ties dl.record').first().waitFor();
      await isUsable(page, 'panel');
      await panel.getByRole('button', { name: 'Apri intorno' }).click();
      await page.waitForURL(/at=around/);
      await settled(page);
      await isUsable(page, 'around');
    }),
  },
  {
    rule: 'Who connects two bodies: paths with the records that make each step',
    check: on({}, async (page) => {
      await open(page, '/map');
      await find(page, search(page), BODY);
      const panel = page.getByRole('complementary');
      await panel.getByRole('button', { name: 'Chi lo collega a un altro' }).click();
      await find(page, panel.locator('.search input'), 'Prefettura Bologna', OFFICE);
      await panel.getByRole('heading', { name: /Percorso 1/ }).waitFor();
      await settled(page);
      expect(/percors[oi] unisc/.test(await said(page)), 'how many paths', await said(page));
      await isUsable(page, 'paths');
    }),
  },
  {
    rule: 'Filters by kind, tie, territory and fund narrow what is drawn, and stand in the address',
    check: on({}, async (page) => {
      await open(page, BOLOGNA);
      const all = await drawn(page);
      await page.getByRole('checkbox', { name: 'Progetto', exact: true }).uncheck();
      await page.waitForFunction((before) => Number(document.querySelector('[data-drawn]')?.dataset.drawn) < before, all);
      expect(query(page, 'kinds')?.includes('ORGANISATION') && !query(page, 'kinds')?.includes('PROJECT'), 'kinds', page.url());
      await page.getByRole('button', { name: 'Togli i filtri' }).click();
      await settled(page);
      await page.locator('.filters > label', { hasText: 'Fondo' }).locator('select').selectOption({ index: 1 });
      await page.waitForURL(/programme=/);
      await settled(page);
      await page.getByLabel('Regione o provincia').selectOption('p100');
      await page.waitForURL(/at=province:100/);
      await settled(page);
    }),
  },
  {
    rule: 'The date moves by keyboard, and playing it goes on while places stay',
    check: on({}, async (page) => {
      await open(page, '/map');
      const slider = page.getByRole('slider');
      await slider.focus();
      await slider.press('Home');
      await page.waitForURL(/day=2015-01-01/);
      await settled(page);
      const spoken = await slider.getAttribute('aria-valuetext');
      expect(/2015.*soggetti/.test(spoken), 'the month and its counts', spoken);
      await page.getByRole('button', { name: 'Avvia' }).click();
      await page.waitForURL(/day=2015-0[4-9]|day=2015-1/);
      await page.getByRole('button', { name: 'Ferma' }).click();
      await page.getByRole('button', { name: 'Oggi' }).click();
      await page.waitForURL((url) => !url.searchParams.has('day'));
    }),
  },
  {
    rule: 'Colour by community and size by a measure are explained in the legend',
    check: on({}, async (page) => {
      await open(page, BOLOGNA);
      await page.getByLabel('Colore').selectOption('community');
      await page.getByLabel('Dimensione').selectOption('BETWEENNESS');
      await page.waitForURL(/size=BETWEENNESS/);
      await settled(page);
      const legend = await page.locator('.legend').innerText();
      expect(/Comunità 1/.test(legend) && /Dimensione: .+\./.test(legend), 'communities and an explanation', legend);
    }),
  },
  {
    rule: 'Two dates are compared in a sentence and a table',
    check: on({}, async (page) => {
      await open(page, BOLOGNA);
      await page.getByLabel('Confronta con la data').fill('2020-01-01');
      await page.waitForFunction(() => /compars/.test(document.querySelector('.said')?.textContent ?? ''));
      await page.getByRole('button', { name: 'Tabella' }).click();
      await page.getByRole('cell', { name: 'comparso' }).first().waitFor();
    }),
  },
  {
    rule: 'The territory is coloured by a chosen count, without tiles',
    check: on({}, async (page) => {
      await open(page, '/map?view=territory');
      expect((await drawn(page)) > 100, 'the provinces', await drawn(page));
      await page.getByLabel('Colora le province per').selectOption('agreements');
      await page.waitForURL(/count=agreements/);
      await page.getByLabel('Colora le province per').selectOption('gap:EMPTY_SEAT');
      await page.waitForURL(/count=gap/);
      await page.locator('.explanation').waitFor();
      await isUsable(page, 'gaps');
    }),
  },
  {
    rule: 'The table is sorted and walked by keyboard alone',
    check: on({}, async (page) => {
      await open(page, '/map?view=table');
      const head = page.getByRole('columnheader', { name: 'Enti', exact: true });
      await head.getByRole('button').focus();
      await page.keyboard.press('Enter');
      expect((await head.getAttribute('aria-sort')) === 'descending', 'descending', await head.getAttribute('aria-sort'));
      const counts = await page.locator('.tables table').first().locator('tbody tr td:nth-of-type(3)').allInnerTexts();
      const numbers = counts.map((text) => Number(text.replaceAll('.', '')));
      expect(numbers.every((count, index) => index === 0 || count <= numbers[index - 1]), 'from many to few', numbers);
      const rows = page.locator('.tables table').first().locator('tbody button');
      await rows.first().focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(/selected=\d{3}/);
    }),
  },
  {
    rule: "A link opens the same state with the opener's rights",
    check: async () => {
      const personas = await (await fetch(`${base}/demo/personas`)).json();
      const officer = personas.find(({ level }) => level.toLowerCase() === 'prefecture');
      const address = `${BOLOGNA}&view=table&day=2024-03-01&size=CORE&colour=community&kinds=ORGANISATION,PROJECT`;
      const counts = [];
      for (const as of [officer.name, null]) {
        const page = await newPage();
        await open(page, as ? `${address}&as=${as}` : address);
        await page.getByRole('button', { name: 'Condividi' }).click();
        const link = await page.getByLabel('Collegamento').inputValue();
        expect(sameState(link, base + address), address, link);
        expect(!link.includes('as='), 'a link without a caller', link);
        counts.push(await page.locator('.tables caption').first().innerText());
        await page.context().close();
      }
      console.log(`  the officer sees ${counts[0]}, the public ${counts[1]}`);
    },
  },
  {
    rule: 'Embedded, it may be framed, asks as the public and has no filters; otherwise nobody frames it',
    check: on({}, async (page) => {
      const embedded = await page.request.get(`${base}/map?embed=1`);
      const plain = await page.request.get(`${base}/map`);
      expect(embedded.headers()['content-security-policy'].includes('frame-ancestors *'), 'framed', embedded.headers());
      expect(plain.headers()['content-security-policy'].includes("frame-ancestors 'none'"), 'unframed', plain.headers());
      await open(page, '/map?embed=1&at=region:08');
      expect((await page.locator('.filters').count()) === 0, 'no filters', await page.locator('.filters').count());
    }),
  },
  ...[
    ['PNG', 'GEXF'],
    ['SVG', 'JSON'],
  ].map(([kind, data]) => ({
    rule: `The picture is saved as ${kind}, its data as ${data}`,
    check: on({}, async (page) => {
      await open(page, BOLOGNA);
      await page.getByRole('button', { name: 'File', exact: true }).click();
      const saved = async (name) => {
        const download = page.waitForEvent('download');
        await page.getByRole('button', { name, exact: true }).first().click();
        return readFileSync(await (await download).path());
      };
      const content = await saved(kind);
      const begins = kind === 'PNG' ? content.subarray(1, 4).toString() === 'PNG' : content.toString().startsWith('<svg');
      expect(begins && content.length > 10_000, 'a picture', `${content.length} bytes`);
      const text = (await saved(data)).toString();
      expect(text.includes('Bologna') && /^(<\?xml|\{)/.test(text), data, text);
    }),
  })),
  {
    rule: `The page weighs at most ${BUDGET / 1024} kB before the territory's map library`,
    check: on({}, async (page) => {
      const bodies = [];
      page.on('response', (response) => {
        if (/\.(js|css|woff2)$|\/map$/.test(new URL(response.url()).pathname)) bodies.push(response.body());
      });
      const begun = Date.now();
      await page.goto(`${base}/map`);
      await page.locator('[data-drawn]').waitFor();
      const time = Date.now() - begun;
      await settled(page);
      const weight = (await Promise.all(bodies)).reduce((all, body) => all + gzipSync(body).length, 0);
      console.log(`  ${Math.round(weight / 1024)} kB compressed; first useful picture after ${time} ms`);
      expect(weight <= BUDGET, `${BUDGET} bytes`, weight);
    }),
  },
  {
    rule: 'No request went to another origin',
    check: async () => expect(foreignRequests.length === 0, 'none', foreignRequests),
  },
  {
    rule: 'No error and no breach of the content security policy stands in the console',
    check: async () => expect(complaints.length === 0, 'none', complaints),
  },
];

function sameState(one, other) {
  const of = (address) => JSON.stringify([...new URL(address).searchParams].sort());
  return of(one) === of(other);
}

const holds = await report(rules);
await browser.close();
process.exit(holds ? 0 : 1);
