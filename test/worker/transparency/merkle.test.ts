import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, hex, utf8 } from '../../../worker/crypto/bytes.ts'
import { sha256 } from '../../../worker/crypto/digest.ts'
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  rootHash,
  type Subtree,
  verifyConsistency,
  verifyInclusion,
} from '../../../worker/transparency/merkle.ts'

type Bytes = Uint8Array

// RFC 9162, section 2.1, word for word, over the list itself.
const k = (n: number) => 2 ** (Math.ceil(Math.log2(n)) - 1)
const node = (left: Bytes, right: Bytes) => sha256(concat(Uint8Array.of(1), left, right))
function mth(d: Bytes[]): Bytes {
  if (d.length === 0) return sha256(new Uint8Array())
  if (d.length === 1) return sha256(concat(Uint8Array.of(0), d[0] as Bytes))
  return node(mth(d.slice(0, k(d.length))), mth(d.slice(k(d.length))))
}
function path(m: number, d: Bytes[]): Bytes[] {
  if (d.length === 1) return []
  const split = k(d.length)
  const [left, right] = [d.slice(0, split), d.slice(split)]
  return m < split ? [...path(m, left), mth(right)] : [...path(m - split, right), mth(left)]
}
function subproof(m: number, d: Bytes[], whole: boolean): Bytes[] {
  if (m === d.length) return whole ? [] : [mth(d)]
  const split = k(d.length)
  const [left, right] = [d.slice(0, split), d.slice(split)]
  return m <= split
    ? [...subproof(m, left, whole), mth(right)]
    : [...subproof(m - split, right, false), mth(left)]
}

const most = 70
const leaves = Array.from({ length: 1_025 }, (_, i) => utf8(`leaf ${i}`) as Bytes)
/** Complete subtrees of the list; asked for another, it throws. */
const subtree: Subtree = (level, index) => {
  const [start, end] = [index * 2 ** level, (index + 1) * 2 ** level]
  if (!Number.isInteger(start) || end > leaves.length) throw new Error('not a complete subtree')
  return mth(leaves.slice(start, end))
}
const roots = Array.from({ length: most + 1 }, (_, size) => mth(leaves.slice(0, size)))
const rootOf = (size: number) => roots[size] ?? mth(leaves.slice(0, size))
const hexes = (list: Bytes[]) => list.map(hex)
const leafHashOf = (index: number) => leafHash(leaves[index] as Bytes)

describe('the tree', () => {
  it('has the roots that RFC 9162 gives it, at every size', () => {
    expect(hex(rootHash(subtree, 0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(hex(leafHash(new Uint8Array()))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    )
    for (let size = 0; size <= most; size++) expect(hex(rootHash(subtree, size))).toBe(hex(rootOf(size)))
  })

  it('has the root of the eight inputs that Certificate Transparency tests with', () => {
    const inputs = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ]
    const given = inputs.map((text) => Uint8Array.fromHex(text))
    const of: Subtree = (level, index) => mth(given.slice(index * 2 ** level, (index + 1) * 2 ** level))
    expect(hex(rootHash(of, 8))).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
    expect(hex(rootHash(of, 3))).toBe('aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77')
  })
})

describe('a proof that a leaf is in the tree', () => {
  it('is that of RFC 9162 and verifies, for every leaf of every size', () => {
    for (let size = 1; size <= most; size++)
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(subtree, index, size)
        expect(hexes(proof)).toEqual(hexes(path(index, leaves.slice(0, size))))
        expect(verifyInclusion(leafHashOf(index), index, size, proof, rootOf(size))).toBe(true)
      }
  })

  it('fails for another leaf, place, size, root, and when a hash is altered, missing or added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: leaves.length }), fc.nat(), fc.nat(), (size, a, b) => {
        const index = a % size
        const other = b % size
        const proof = inclusionProof(subtree, index, size)
        const root = rootOf(size)
        const hash = leafHashOf(index)
        expect(verifyInclusion(hash, index, size, proof, root)).toBe(true)
        expect(verifyInclusion(hash, other, size, proof, root)).toBe(other === index)
        expect(verifyInclusion(leafHashOf(other), index, size, proof, root)).toBe(other === index)
        expect(verifyInclusion(hash, index, size, proof, sha256('another root'))).toBe(false)
        expect(verifyInclusion(hash, size, size, proof, root)).toBe(false)
        expect(verifyInclusion(hash, index, size, [...proof, root], root)).toBe(false)
        if (proof.length === 0) return
        expect(verifyInclusion(hash, index, size, proof.slice(1), root)).toBe(false)
        expect(verifyInclusion(hash, index, size, proof.slice(0, -1), root)).toBe(false)
        const at = b % proof.length
        expect(verifyInclusion(hash, index, size, proof.with(at, sha256('x')), root)).toBe(false)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a proof that the tree only grew', () => {
  it('is that of RFC 9162 and verifies, for every two sizes', () => {
    for (let to = 0; to <= most; to++)
      for (let from = 0; from <= to; from++) {
        const proof = consistencyProof(subtree, from, to)
        if (from > 0) expect(hexes(proof)).toEqual(hexes(subproof(from, leaves.slice(0, to), true)))
        const older = { size: from, root: rootOf(from) }
        expect(verifyConsistency(older, { size: to, root: rootOf(to) }, proof), `${from} ${to}`).toBe(true)
      }
  })

  it('fails for a tree that was changed, and when a hash is altered, missing or added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: leaves.length }), fc.nat(), fc.nat(), (size, a, b) => {
        const from = { size: 1 + (a % (size - 1)), root: rootOf(1 + (a % (size - 1))) }
        const to = { size, root: rootOf(size) }
        const proof = consistencyProof(subtree, from.size, size)
        expect(verifyConsistency(from, to, proof)).toBe(true)
        const changed = leaves.slice(0, size).with(b % from.size, utf8('changed'))
        const changedProof = consistencyProof(
          (level, index) => mth(changed.slice(index * 2 ** level, (index + 1) * 2 ** level)),
          from.size,
          size,
        )
        expect(verifyConsistency(from, { size, root: mth(changed) }, changedProof)).toBe(false)
        expect(verifyConsistency({ ...from, root: sha256('x') }, to, proof)).toBe(false)
        expect(verifyConsistency(from, { size, root: sha256('x') }, proof)).toBe(false)
        expect(verifyConsistency(to, from, proof)).toBe(false)
        expect(verifyConsistency(from, to, [])).toBe(false)
        expect(verifyConsistency(from, to, proof.slice(1))).toBe(false)
        expect(verifyConsistency(from, to, proof.slice(0, -1))).toBe(false)
        expect(verifyConsistency(from, to, [...proof, to.root])).toBe(false)
        expect(verifyConsistency(from, to, proof.with(b % proof.length, sha256('x')))).toBe(false)
      }),
      { numRuns: 100 },
    )
    expect(verifyConsistency({ size: 0, root: sha256('x') }, { size: 1, root: rootOf(1) }, [])).toBe(false)
    expect(verifyConsistency({ size: 2, root: rootOf(2) }, { size: 2, root: rootOf(3) }, [])).toBe(false)
  })
})
