// The Astro site as one handler, loaded by index.ts when the first page is asked for. Prerendered pages come from the
// assets, the others are rendered here.

import { cf } from '@astrojs/cloudflare/hono'
import { astro } from 'astro/hono'
import { Hono } from 'hono'

export const site = new Hono<{ Bindings: Env }>().use(cf()).use(astro())
