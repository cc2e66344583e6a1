/** The app's build: static/src/main.ts with hashed assets and a manifest, written to static/dist and served by Flask under /static/. */
import { readdirSync, readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { earlyBuild } from './vite.early.config.ts';
import { chunks } from './vite.chunks.config.ts';
import { serviceWorkerBuild } from './vite.sw.config.ts';

const backend = process.env['FIELDCRM_BACKEND'] ?? 'http://127.0.0.1:8000';

/** The service worker lists the app's files, so it is built when they are there. */
const serviceWorker: Plugin = {
  name: 'fieldcrm-service-worker',
  apply: 'build',
  closeBundle: async () => {
    await build(serviceWorkerBuild());
  },
};

/** What runs before the first paint is no module: a module would wait for the page. */
const earlyScript: Plugin = {
  name: 'fieldcrm-early-script',
  apply: 'build',
  async generateBundle() {
    this.emitFile({ type: 'asset', name: 'early.js', source: await earlyBuild() });
  },
};

/** What the map to pass on carries with it (fieldcrm/territories/leaflet.py): the app itself never loads it. */
const leafletFiles: Plugin = {
  name: 'fieldcrm-leaflet',
  apply: 'build',
  generateBundle() {
    const folder = `${import.meta.dirname}/node_modules/leaflet/`;
    const pictures = readdirSync(`${folder}dist/images`).map((name) => `dist/images/${name}`);
    for (const name of ['dist/leaflet.js', 'dist/leaflet.css', 'LICENSE', ...pictures]) {
      this.emitFile({ type: 'asset', fileName: `leaflet/${name.replace('dist/', '')}`, source: readFileSync(folder + name) });
    }
  },
};

export default defineConfig({
  root: 'static',
  base: '/static/',
  plugins: [svelte({ configFile: '../svelte.config.js' }), earlyScript, leafletFiles, serviceWorker],
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    target: ['es2022', 'safari16.4'],
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: `${import.meta.dirname}/static/src/main.ts`, output: { codeSplitting: { groups: chunks } } },
  },
  server: {
    port: 5173,
    strictPort: true,
    // The page is served by Flask (with FIELDCRM_VITE_URL set); only modules come from here.
    origin: 'http://localhost:5173',
    cors: { origin: backend },
  },
  test: {
    root: 'static',
    environment: 'node',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./src/testing/setup.ts'],
    testTimeout: 10_000,
  },
});
