// The Merkle tree of RFC 9162, section 2.1: hashes, roots, inclusion and consistency proofs, and their verification. Pure;
// called by tree.ts, which keeps the hashes of complete subtrees. docs/verify-receipt.mjs says the same in its own words.

import { concat } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/digest.ts'
import { equalBytes } from '../crypto/hmac.ts'

/**
 * The hash over the leaves [index · 2^level, (index + 1) · 2^level). Asked only for subtrees that are complete within
 * the size of the question, so that an answer never changes as the tree grows.
 */
export type Subtree = (level: number, index: number) => Uint8Array

export const leafHash = (leaf: Uint8Array): Uint8Array => sha256(concat(Uint8Array.of(0), leaf))
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(concat(Uint8Array.of(1), left, right))

/** The largest power of two that is smaller than `size` (2 or more). Not by bits: JavaScript's end at 31. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/** MTH(D[start:end]). `start` is a multiple of the power of two at or above the length, as every recursion keeps it. */
function rangeHash(subtree: Subtree, start: number, end: number): Uint8Array {
  const size = end - start
  const level = Math.ceil(Math.log2(size))
  if (2 ** level === size) return subtree(level, start / size)
  const split = start + splitOf(size)
  return nodeHash(rangeHash(subtree, start, split), rangeHash(subtree, split, end))
}

/** The root of the first `size` leaves. */
export const rootHash = (subtree: Subtree, size: number): Uint8Array =>
  size === 0 ? sha256('') : rangeHash(subtree, 0, size)

/** PATH(index, D[0:size]), from the leaf to the root. `index` below `size`. */
export function inclusionProof(subtree: Subtree, index: number, size: number): Uint8Array[] {
  const path = (start: number, end: number): Uint8Array[] => {
    if (end - start === 1) return []
    const split = start + splitOf(end - start)
    return index < split
      ? [...path(start, split), rangeHash(subtree, split, end)]
      : [...path(split, end), rangeHash(subtree, start, split)]
  }
  return path(0, size)
}

/** PROOF(from, D[0:to]): that the tree of `to` leaves begins with the tree of `from` leaves. `from` at most `to`. */
export function consistencyProof(subtree: Subtree, from: number, to: number): Uint8Array[] {
  const proof = (start: number, end: number, whole: boolean): Uint8Array[] => {
    if (from === end) return whole ? [] : [rangeHash(subtree, start, end)]
    const split = start + splitOf(end - start)
    return from <= split
      ? [...proof(start, split, whole), rangeHash(subtree, split, end)]
      : [...proof(split, end, false), rangeHash(subtree, start, split)]
  }
  return from === 0 ? [] : proof(0, to, true)
}

const isOdd = (n: number) => n % 2 === 1
const half = (n: number) => Math.floor(n / 2)

/** RFC 9162, 2.1.3.2. `hash` is the leaf's hash (`leafHash`), not the leaf. */
export function verifyInclusion(
  hash: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= size) return false
  let place = index
  let last = size - 1
  let current = hash
  for (const sibling of proof) {
    if (last === 0) return false
    if (isOdd(place) || place === last) {
      current = nodeHash(sibling, current)
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)]
    } else current = nodeHash(current, sibling)
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 && equalBytes(current, root)
}

/** RFC 9162, 2.1.4.2. The empty tree is the beginning of every tree, with an empty proof. */
export function verifyConsistency(
  from: { size: number; root: Uint8Array },
  to: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (from.size > to.size) return false
  if (from.size === to.size) return proof.length === 0 && equalBytes(from.root, to.root)
  if (from.size === 0) return proof.length === 0 && equalBytes(from.root, sha256(''))
  const [first, ...rest] = 2 ** Math.ceil(Math.log2(from.size)) === from.size ? [from.root, ...proof] : proof
  // A tree that grew has at least one hash to show for it.
  if (!first || proof.length === 0) return false
  let place = from.size - 1
  let last = to.size - 1
  while (isOdd(place)) [place, last] = [half(place), half(last)]
  let older = first
  let newer = first
  for (const sibling of rest) {
    if (last === 0) return false
    if (isOdd(place) || place === last) {
      older = nodeHash(sibling, older)
      newer = nodeHash(sibling, newer)
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)]
    } else newer = nodeHash(newer, sibling)
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 && equalBytes(older, from.root) && equalBytes(newer, to.root)
}
