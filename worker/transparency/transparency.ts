// The transparency log's Durable Object.

import { DurableObject } from 'cloudflare:workers'

export class Transparency extends DurableObject<Env> {}
