// The site: built into the same Worker (see worker/site.ts). No sessions and no image service, so that the
// build adds no binding that db/catalog.ts does not list. Nothing stands inside a page that the content policy of
// worker/app.ts would refuse: styles and scripts are files.
//
// PUBLIC_ORIGIN, when it is set while building, is where link previews of pages made at build say they stand; see
// docs/operate.md.
import cloudflare from '@astrojs/cloudflare'
import { defineConfig } from 'astro/config'

export default defineConfig({
  srcDir: './site',
  publicDir: './site/public',
  output: 'server',
  site: process.env.PUBLIC_ORIGIN,
  build: { inlineStylesheets: 'never' },
  // The target is what the platform's plugin sets for pages made when asked: with another, those made at build would have
  // stylesheets of their own.
  vite: { build: { assetsInlineLimit: 0, cssTarget: 'es2024' } },
  session: false,
  adapter: cloudflare({
    configPath: './wrangler.toml',
    imageService: 'passthrough',
    imagesBindingName: false,
    prerenderEnvironment: 'node',
  }),
  devToolbar: { enabled: false },
})
