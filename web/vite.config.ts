import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { BuildOptions } from 'vite';
import { defineConfig } from 'vitest/config';

/** Name a lazily loaded page after its folder, so its name does not depend on the order of the chunks. */
function chunkName(chunk: { name: string; facadeModuleId?: string | null }): string {
  const page = chunk.facadeModuleId?.match(/\/src\/(units|runs|subject)\/([\w/]+)\.svelte$/);
  const name = page ? `${page[1]}-${page[2]!.replaceAll('/', '-')}` : chunk.name;
  return `assets/${name.toLowerCase()}.js`;
}

/** The pages of the lab. */
const lab: BuildOptions = {
  outDir: '../src/assay/lab/static',
  // With a single style sheet, all styles are loaded before any page is drawn.
  cssCodeSplit: false,
  rollupOptions: {
    // `benchmarks/lab.py` builds another page
    input: process.env['ASSAY_BENCH'] ? 'bench.html' : 'index.html',
    output: {
      // The files are committed, so their names must not change. ETags keep caches up to date.
      entryFileNames: 'assets/app.js',
      chunkFileNames: chunkName,
      assetFileNames: 'assets/[name][extname]',
    },
  },
};

/** The report of a run: one script and one style sheet, which Python embeds in a page. */
const report: BuildOptions = {
  outDir: '../src/assay/report/html/built',
  copyPublicDir: false,
  cssCodeSplit: false,
  rollupOptions: {
    input: 'src/report/main.ts',
    output: {
      format: 'iife',
      entryFileNames: 'report.js',
      assetFileNames: 'report[extname]',
    },
  },
};

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: './',
  build: {
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Data URLs would require an exception in the content security policy.
    assetsInlineLimit: 0,
    ...(mode === 'report' ? report : lab),
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8765' } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
}));
