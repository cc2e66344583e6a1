/** The build of static/src/early.ts: one classic script, handed to vite.config.ts, which gives it its hashed name. */
import { build } from 'vite';

/** The script's code. */
export async function earlyBuild(): Promise<string> {
  const built = await build({
    configFile: false,
    root: 'static',
    publicDir: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: ['es2022', 'safari16.4'],
      lib: { entry: 'src/early.ts', formats: ['iife'], name: 'early', fileName: () => 'early.js' },
    },
  });
  const [first] = [built].flat();
  if (!first || !('output' in first)) throw new Error('early.ts was not built.');
  return first.output[0].code;
}
