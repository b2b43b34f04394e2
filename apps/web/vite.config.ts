import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** `npm run dev` in apps/web talks to a server that runs on this host. */
const SERVER = process.env['ANNEAL_URL'] ?? 'http://127.0.0.1:7700';

const STYLES = new URL('src/mantine.css', import.meta.url);

/** A component whose styles are not imported would look broken, and only on the page that uses it. */
const stylesOfComponents = (): Plugin => ({
  name: 'styles-of-components',
  generateBundle(_, bundle) {
    const imported = readFileSync(STYLES, 'utf8');
    const missing = Object.values(bundle)
      .flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []))
      .flatMap((id) => /@mantine\/core\/esm\/components\/(?:.*\/)?(\w+)\.module\.mjs/.exec(id)?.[1] ?? [])
      .filter((name) => !imported.includes(`/styles/${name}.css'`));
    if (missing.length > 0)
      this.error(
        `src/mantine.css lacks the styles of ${[...new Set(missing)].join(', ')}: add them as Mantine orders them`,
      );
  },
});

export default defineConfig({
  plugins: [react(), stylesOfComponents()],
  server: { proxy: { '/api': { target: SERVER, changeOrigin: true } } },
  build: { target: 'es2022', sourcemap: true, chunkSizeWarningLimit: 700 },
});
