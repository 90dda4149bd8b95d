// /subprocessors/feed.xml: what changed in the list of subprocessors.

import { operator } from '../../../db/operator.ts'
import { changes } from '../../../db/subprocessors.ts'
import { atomFeed } from '../../policy/feed.ts'

export const prerender = true

export const GET = () =>
  new Response(atomFeed(changes, operator.name), {
    headers: { 'content-type': 'application/atom+xml; charset=utf-8' },
  })
