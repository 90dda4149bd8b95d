// /.well-known/data-catalog.json: what is kept, whose, why, where and for how long, for machines.

import { dataCatalog } from '../../policy/data-catalog.ts'
import { facts } from '../../policy/facts.ts'
import { newest } from '../../policy/shelf.ts'

export const prerender = true

export const GET = () => Response.json(dataCatalog(facts, newest('privacy')))
