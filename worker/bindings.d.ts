// What the platform hands the Worker: the bindings of wrangler.toml and the secrets of .dev.vars, as ambient types.
// Values are parsed once in env.ts; nothing else reads a secret from here but the two Durable Objects.

import type { Keeper } from './custody/keeper.ts'
import type { Eraser } from './deletion/eraser.ts'
import type { Errand } from './ground/errands.ts'
import type { MediaJob } from './ground/media-jobs.ts'
import type { Intake } from './inbound/intake.ts'
import type { Feed } from './live/feed.ts'
import type { Transparency } from './transparency/transparency.ts'

declare global {
  namespace Cloudflare {
    interface Env extends GatewayEnv {}
    interface GlobalProps {
      mainModule: typeof import('./index.ts')
    }
  }
  interface Env extends GatewayEnv {}
}

interface GatewayEnv {
  ASSETS: Fetcher
  DB: D1Database
  KEYS: KVNamespace
  INTAKE: DurableObjectNamespace<Intake>
  KEEPER: DurableObjectNamespace<Keeper>
  ERASER: DurableObjectNamespace<Eraser>
  TRANSPARENCY: DurableObjectNamespace<Transparency>
  FEED: DurableObjectNamespace<Feed>
  FILES: R2Bucket
  MAIL: SendEmail
  ERRANDS: Queue<Errand>
  MEDIA: Queue<MediaJob>
  RATE: RateLimit
  META_APP_ID?: string
  META_APP_SECRETS?: string
  META_VERIFY_TOKEN?: string
  ROOT_KEYS?: string
  META_CONFIG_ID?: string
  OPERATOR_KEY?: string
  GRAPH_ORIGIN?: string
  GRAPH_VERSION?: string
  PUBLIC_ORIGIN?: string
  RECEIPT_KEYS?: string
  MAIL_FROM?: string
}
