// The log's copy in R2, which knows every leaf before anybody is told of it. A Durable Object can be set back by up to
// thirty days and R2 cannot, so what stands here decides how the history goes on. Called by transparency.ts alone.
//
//   log/{index of the first leaf, twelve digits}    one object per batch, one line per leaf: `{kind} {hash}`

import type { Leaf, LeafKind } from './tree.ts'

const prefix = 'log/'
const keyOf = (index: number): string => `${prefix}${String(index).padStart(12, '0')}`

export type Batch = { first: number; leaves: Leaf[] }

/** False when a batch stands at this index already: then the copy knows more than the caller. */
export async function writeBatch(files: R2Bucket, { first, leaves }: Batch): Promise<boolean> {
  const text = leaves.map(({ kind, hash }) => `${kind} ${hash}\n`).join('')
  const written = await files.put(keyOf(first), text, { onlyIf: { etagDoesNotMatch: '*' } })
  return written !== null
}

/** Every batch from this size on, in order. */
export async function* batchesFrom(files: R2Bucket, size: number): AsyncGenerator<Batch> {
  let startAfter = size === 0 ? undefined : keyOf(size - 1)
  for (;;) {
    const listed = await files.list({ prefix, ...(startAfter === undefined ? {} : { startAfter }) })
    for (const { key } of listed.objects) {
      yield { first: Number(key.slice(prefix.length)), leaves: await readLeaves(files, key) }
      startAfter = key
    }
    if (!listed.truncated) return
  }
}

async function readLeaves(files: R2Bucket, key: string): Promise<Leaf[]> {
  const found = await files.get(key)
  if (!found) throw new Error('a batch of the log is listed and not there')
  const lines = (await found.text()).trimEnd().split('\n')
  return lines.map((line) => {
    const match = /^(receipt|policy|audit) ([0-9a-f]{64})$/.exec(line)
    if (!match) throw new Error('a batch of the log does not read')
    return { kind: match[1] as LeafKind, hash: match[2] as string }
  })
}
