// The catalogue for machines: everything the policy is computed from, in one document. Pure; called by the page that
// serves it and tests.

import { columnLabel, type TableName } from '../../db/catalog.ts'
import type { DocumentVersion } from '../../db/documents.ts'
import type { Facts, TableFacts } from './facts.ts'

const tableOf = ([name, facts]: [string, TableFacts]) => {
  const { title, section, purpose, basis, life, erase, columns } = facts
  const described = Object.entries(columns).map(([column, is]) => [
    column,
    { label: columnLabel(name as TableName, column), ...(is as object) },
  ])
  return [name, { title, section, purpose, basis, life, erase, columns: Object.fromEntries(described) }]
}

/** `version` is that of the shape: it changes when a field goes or means something else. */
export const dataCatalog = (facts: Facts, policy: DocumentVersion) => ({
  version: 1,
  operator: facts.operator,
  policy: { version: policy.version, sha256: policy.hash, effective: policy.effective },
  tables: Object.fromEntries(Object.entries(facts.tables).map(tableOf)),
  stores: facts.bindings,
  durableObjects: facts.durableObjects,
  keys: facts.kvPrefixes,
  files: facts.r2Prefixes,
  queues: facts.queues,
  logs: facts.logs,
  cookies: facts.cookies,
  subprocessors: facts.subprocessors,
  clocks: { rows: facts.clocks, promise: facts.promise },
})
