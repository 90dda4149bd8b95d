// The plain text of each version of the data processing agreement: what its hash is of.

import { versions } from '../../policy/shelf.ts'
import type { Version } from '../../policy/versions.ts'

export const prerender = true

export const getStaticPaths = () =>
  versions('dpa').map((version) => ({ params: { version: version.version }, props: version }))

export const GET = ({ props }: { props: Version }) =>
  new Response(props.text, { headers: { 'content-type': 'text/markdown; charset=utf-8' } })
