import react from '@vitejs/plugin-react';
import { appendFileSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const hub = process.env.RACCORDO_URL ?? 'http://127.0.0.1:8080';

/** Adds the typeface's licence to the licences, which Vite collects from scripts alone. */
const typefaceLicence: Plugin = {
  name: 'typeface-licence',
  writeBundle({ dir }) {
    const licence = readFileSync('node_modules/@fontsource/titillium-web/LICENSE', 'utf8');
    appendFileSync(`${dir}/licences.md`, `\n## Titillium Web (OFL-1.1)\n\n${licence}`);
  },
};

export default defineConfig({
  plugins: [react(), typefaceLicence],
  // The example operations are read from the repository, outside this package.
  server: {
    fs: { allow: ['..'] },
    proxy: {
      '/graphql': { target: hub, ws: true },
      '/demo': hub,
      '/sign-in': hub,
      '/sign-out': hub,
      '/export': hub,
    },
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.md' },
    // Monaco is one indivisible editor, loaded after the page has appeared.
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      input: [
        'index.it.html',
        'index.en.html',
        'account.it.html',
        'account.en.html',
        'message.it.html',
        'message.en.html',
        'map.it.html',
        'map.en.html',
        'graphiql/index.html',
      ],
      // GraphiQL's files still carry marks for a compiler that has already run.
      checks: { moduleLevelDirective: false },
    },
  },
});
