// Pages whose requests and complaints are kept.

/** Opens pages of a hub at `base`; what they ask elsewhere and what they complain of is kept in the lists beside. */
export function watched(browser, base, { viewport: usual, patience }) {
  const foreignRequests = [];
  const complaints = [];

  /** A page in a session of its own. */
  async function newPage({ language = 'it', viewport = usual, scheme = 'light', refusalsExpected = false } = {}) {
    const locale = language === 'it' ? 'it-IT' : 'en-GB';
    const context = await browser.newContext({ locale, viewport, colorScheme: scheme, acceptDownloads: true });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const note = (url) => {
      if (/^(data|blob):/.test(url)) return;
      if (new URL(url.replace(/^ws/, 'http')).origin !== new URL(base).origin) foreignRequests.push(url);
    };
    page.on('request', (request) => note(request.url()));
    page.on('websocket', (socket) => note(socket.url()));
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      if (refusalsExpected && message.text().includes('401')) return;
      complaints.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  }

  /** A check with a page of its own, closed after it. */
  const on = (options, check) => async () => {
    const page = await newPage(options);
    try {
      await check(page);
    } finally {
      await page.context().close();
    }
  };

  return { newPage, on, foreignRequests, complaints };
}
