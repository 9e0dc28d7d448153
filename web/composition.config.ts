import { appendFileSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

/** Adds the licences of what the script is made of to those of the pages, which the hub shows. */
const shownLicences: Plugin = {
  name: 'shown-licences',
  closeBundle() {
    appendFileSync('dist/licences.md', `\n${readFileSync('dist/composition/licences.md', 'utf8')}`);
  },
};

// One script for the engine that the hub has within itself: no module, nothing of a browser's or of Node's.
export default defineConfig({
  plugins: [shownLicences],
  build: {
    target: 'es2022',
    outDir: 'dist/composition',
    lib: { entry: 'composition/composer.ts', formats: ['iife'], name: 'composer', fileName: () => 'composer.js' },
    license: { fileName: 'licences.md' },
  },
  define: { 'process.env.NODE_ENV': '"production"' },
});
