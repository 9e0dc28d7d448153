// GraphQL over HTTP: the audits of the reference implementation, MUST, SHOULD and MAY alike.
// node http.mjs <base-url>
import { serverAudits } from 'graphql-http';
import { argument, report, started } from './report.mjs';

export function httpRules(base) {
  return serverAudits({ url: `${base}/graphql`, fetchFn: fetch }).map(({ id, name, fn }) => ({
    rule: `${id} ${name}`,
    async check() {
      const { status, reason, response } = await fn();
      if (status !== 'ok') {
        throw new Error(`expected as the rule says, got HTTP ${response?.status} (${status}): ${reason ?? ''}`);
      }
    },
  }));
}

if (started(import.meta)) {
  const base = argument(1, 'http.mjs <base-url>');
  process.exit((await report(httpRules(base))) ? 0 : 1);
}
