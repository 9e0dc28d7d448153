// The browser of this machine, and what it finds in a page that people with disabilities cannot use.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import axe from 'axe-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function browserProgram() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error('No chromium, chromium-browser or google-chrome on the PATH, and CHROMIUM is not set');
}

/** Starts it. */
export const launch = () => chromium.launch({ executablePath: browserProgram(), args: FLAGS });

/** Violations of accessibility rules, of whatever weight. */
export const violations = (page) => violationsOf(page, [], () => true);

/** Those that are serious or critical. */
export const seriousViolations = (page, exclude = []) =>
  violationsOf(page, exclude, ({ impact }) => impact === 'serious' || impact === 'critical');

async function violationsOf(page, exclude, counts) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((excluded) => globalThis.axe.run({ exclude: excluded }), exclude);
  return violations
    .filter(counts)
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
