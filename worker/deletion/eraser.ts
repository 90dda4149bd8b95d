// The Eraser: one Durable Object per account.

import { DurableObject } from 'cloudflare:workers'

export class Eraser extends DurableObject<Env> {}
