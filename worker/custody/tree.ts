// A tree of keys from which single leaves can be taken out for good. Pure. Called by tree-store.ts and vault.ts.
//
// Each node's secret gives those of its two children (HMAC-SHA256, one label for each side), and nothing of its parent
// or its sibling: whoever has a node has every leaf below it and no other. A fresh tree is its root. To puncture a leaf
// is to keep, in place of the node above it, the siblings along the way down; what is left cannot make that leaf again.
// Source: Goldreich, Goldwasser, Micali, "How to construct random functions" (1986).

import { concat } from '../crypto/bytes.ts'
import { hmac } from '../crypto/hmac.ts'
import { limits } from '../ground/limits.ts'

/**
 * Secrets (32 bytes) by place: 1 is the root, 2n and 2n+1 are the children of n, `leafCount + i` is leaf i. No place
 * stands above another.
 */
export type Tree = ReadonlyMap<number, Uint8Array>

const depth = limits.treeDepth
export const leafCount = 2 ** depth
const secretBytes = 32
const nodeBytes = 1 + 2 + secretBytes

const labels = ['softivum tree left', 'softivum tree right'] as const
const child = (secret: Uint8Array, side: number): Uint8Array => hmac(secret, labels[side & 1] as string)

export const freshTree = (root: Uint8Array): Tree => new Map([[1, root]])

/** How many levels above the leaf the node stands that still gives it; undefined when it was punctured. */
function heightOver(tree: Tree, place: number): number | undefined {
  for (let height = 0; height <= depth; height++) if (tree.has(place >>> height)) return height
  return undefined
}

const isLeaf = (leaf: number): boolean => Number.isInteger(leaf) && leaf >= 0 && leaf < leafCount

/** Whether the leaf can still be derived. No hashing. */
export const covers = (tree: Tree, leaf: number): boolean =>
  isLeaf(leaf) && heightOver(tree, leafCount + leaf) !== undefined

/** The 32 bytes of a leaf; undefined when it was punctured or is none. At most one HMAC for each level. */
export function leafOf(tree: Tree, leaf: number): Uint8Array<ArrayBuffer> | undefined {
  if (!isLeaf(leaf)) return undefined
  const place = leafCount + leaf
  const height = heightOver(tree, place)
  if (height === undefined) return undefined
  let secret = tree.get(place >>> height) as Uint8Array
  for (let down = height - 1; down >= 0; down--) secret = child(secret, place >>> down)
  return new Uint8Array(secret)
}

/** Without these leaves: derives every other leaf exactly as before, and these never again. */
export function puncture(tree: Tree, leaves: Iterable<number>): Tree {
  const next = new Map(tree)
  for (const leaf of leaves) {
    if (!isLeaf(leaf)) continue
    const place = leafCount + leaf
    const height = heightOver(next, place)
    if (height === undefined) continue
    let secret = next.get(place >>> height) as Uint8Array
    next.delete(place >>> height)
    for (let down = height - 1; down >= 0; down--) {
      const kept = (place >>> down) ^ 1
      next.set(kept, child(secret, kept))
      secret = child(secret, place >>> down)
    }
  }
  return next
}

/** The depth (1 byte), then each node: level (1), index in its level (2), secret (32), in the order of places. */
export function encodeTree(tree: Tree): Uint8Array<ArrayBuffer> {
  const nodes = [...tree].sort(([a], [b]) => a - b)
  return concat(
    Uint8Array.of(depth),
    ...nodes.map(([place, secret]) => {
      const level = 31 - Math.clz32(place)
      const index = place - 2 ** level
      return concat(Uint8Array.of(level, index >>> 8, index & 0xff), secret)
    }),
  )
}

/** Undefined for anything that encodeTree does not make. */
export function decodeTree(bytes: Uint8Array): Tree | undefined {
  if (bytes[0] !== depth || bytes.byteLength % nodeBytes !== 1) return undefined
  const tree = new Map<number, Uint8Array>()
  let last = 0
  for (let at = 1; at < bytes.byteLength; at += nodeBytes) {
    const [level, high, low] = bytes.subarray(at, at + 3) as unknown as [number, number, number]
    const index = high * 256 + low
    const place = 2 ** level + index
    if (level > depth || index >= 2 ** level || place <= last) return undefined
    // Places ascend, so a node above this one would have come before it.
    for (let above = place >>> 1; above > 0; above >>>= 1) if (tree.has(above)) return undefined
    tree.set(place, bytes.slice(at + 3, at + nodeBytes))
    last = place
  }
  return tree
}
