/** The service worker's build: one classic script with a fixed name, holding the list of the app's files it keeps. Runs after vite.config.ts. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InlineConfig } from 'vite';

const dist = 'static/dist';
const base = '/static/';

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
  dynamicImports?: string[];
}

const MAPS = new Set(['src/map/stage.ts', 'src/territories/coveragemap.ts']);
const EARLY = /^assets\/early-/;

/** Every file the app works with but those that draw the map, which weigh more than all the rest. */
function shellFiles(manifest: Record<string, Chunk>, key: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const css of chunk.css ?? []) found.add(css);
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) if (!MAPS.has(next)) shellFiles(manifest, next, found);
  return found;
}

/** The worker's build, after the app's has been written. */
export function serviceWorkerBuild(): InlineConfig {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
  const shell = shellFiles(manifest, 'src/main.ts');
  // The page loads it before anything else, and no module imports it.
  for (const { file } of Object.values(manifest)) if (EARLY.test(file)) shell.add(file);
  const assets = readdirSync(join(dist, 'assets')).map((name) => `assets/${name}`);
  const entries = [...new Set([...shell, ...assets])].sort().map((file) => ({ url: base + file, shell: shell.has(file) }));
  const build = createHash('sha256').update(entries.map((entry) => entry.url).join('\n')).digest('hex').slice(0, 12);

  return {
    configFile: false,
    root: 'static',
    base,
    publicDir: false,
    define: { __PRECACHE__: JSON.stringify(entries), __BUILD__: JSON.stringify(build) },
    build: {
      outDir: 'dist',
      emptyOutDir: false,
      target: ['es2022', 'safari16.4'],
      lib: { entry: 'src/sw/sw.ts', formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
    },
  };
}
