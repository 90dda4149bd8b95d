// Two projects: `worker` runs inside workerd with the real D1, KV and Durable Objects; `node` drives whole processes.

import { copyFileSync, mkdirSync } from 'node:fs'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { testBindings } from './test/support/bindings.ts'

/**
 * A copy in a folder of its own: Wrangler reads the secrets that lie beside its configuration, and a test that sees the
 * .dev.vars of this machine runs differently on another.
 */
function configAwayFromSecrets(): string {
  mkdirSync('.wrangler/test', { recursive: true })
  copyFileSync('wrangler.toml', '.wrangler/test/wrangler.toml')
  return './.wrangler/test/wrangler.toml'
}

export default defineConfig({
  test: {
    // What a test provokes is logged; only that of a test that fails is worth reading.
    silent: 'passed-only',
    projects: [
      {
        plugins: [
          cloudflareTest(async () => ({
            main: './test/support/entry.ts',
            wrangler: { configPath: configAwayFromSecrets() },
            miniflare: {
              bindings: { ...testBindings, MIGRATIONS: await readD1Migrations('./db/migrations') },
            },
          })),
        ],
        test: {
          name: 'worker',
          include: ['test/worker/**/*.test.ts'],
          setupFiles: ['./test/support/setup.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/{simulators,flows,conformance,house,site,bench}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
