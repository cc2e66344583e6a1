/** The app's build: static/src/main.ts with hashed assets and a manifest, written to static/dist and served by Flask under /static/. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
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

export default defineConfig({
  root: 'static',
  base: '/static/',
  plugins: [svelte({ configFile: '../svelte.config.js' }), serviceWorker],
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    target: ['es2022', 'safari16.4'],
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: `${import.meta.dirname}/static/src/main.ts` },
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
