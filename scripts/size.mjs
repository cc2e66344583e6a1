/** Weigh the app's shell: what is fetched before the first paint (entry, styles, the words of one language), gzipped. Exits 1 above the budget. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 60_000;
const dist = new URL('../static/dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const seen = new Set();

function add(key) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const next of chunk.imports ?? []) add(next);
}
add('src/main.ts');
add('src/core/i18n/ja.json');
for (const { file } of Object.values(manifest)) if (file.startsWith('assets/early-')) seen.add(file);

let total = 0;
for (const file of seen) {
  const bytes = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)}  ${file}`);
}
console.log(`${String(total).padStart(8)}  shell, gzip (budget ${BUDGET_BYTES})`);
if (total > BUDGET_BYTES) {
  console.error('The shell is over its budget.');
  process.exit(1);
}
