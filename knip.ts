// What nobody reaches is dead. Entries are what something outside of the imports starts: the platform, an npm script, a
// test runner, a bench that spawns a file of its own.

import type { KnipConfig } from 'knip'

const config: KnipConfig = {
  entry: [
    'scripts/{start,dev,test,check,build,openapi,images,deploy,ops,policy}.ts',
    'test/support/{entry,setup}.ts',
    'test/bench/{run,generate-arrivals,generate-pairs}.ts',
    'test/bench/peers/*',
    'test/simulators/meta/serve.ts',
  ],
  project: ['{worker,db,site,scripts,test}/**/*.{ts,tsx,mjs,js,astro}'],
  ignoreExportsUsedInFile: true,
  // For clients of ours and for the pages that the policy is compiled into.
  ignoreIssues: { 'worker/app.ts': ['types'], 'db/catalog.ts': ['exports', 'types'] },
  ignoreDependencies: [
    // `cloudflare:workers` is the platform's.
    'cloudflare',
    // Named by the overrides that keep one copy.
    'workerd',
  ],
  // From the distribution, for the bench.
  ignoreBinaries: ['taskset'],
}

export default config
