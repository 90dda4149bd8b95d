// The site: built into the same Worker (see worker/site.ts). No sessions and no image service, so that the
// build adds no binding that db/catalog.ts does not list.
import cloudflare from '@astrojs/cloudflare'
import { defineConfig } from 'astro/config'

export default defineConfig({
  srcDir: './site',
  publicDir: './site/public',
  output: 'server',
  session: false,
  adapter: cloudflare({
    configPath: './wrangler.toml',
    imageService: 'passthrough',
    imagesBindingName: false,
    prerenderEnvironment: 'node',
  }),
  devToolbar: { enabled: false },
})
