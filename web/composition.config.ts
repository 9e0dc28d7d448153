import { defineConfig } from 'vite';

// One script for the engine that the hub has within itself: no module, nothing of a browser's or of Node's.
export default defineConfig({
  build: {
    target: 'es2022',
    outDir: 'dist/composition',
    lib: { entry: 'composition/composer.ts', formats: ['iife'], name: 'composer', fileName: () => 'composer.js' },
    license: { fileName: 'licences.md' },
  },
  define: { 'process.env.NODE_ENV': '"production"' },
});
