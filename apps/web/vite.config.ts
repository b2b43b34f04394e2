import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev` in apps/web talks to a server that runs on this host. */
const SERVER = process.env['ANNEAL_URL'] ?? 'http://127.0.0.1:7700';

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': { target: SERVER, changeOrigin: true } } },
  build: { target: 'es2022', sourcemap: true, chunkSizeWarningLimit: 700 },
});
