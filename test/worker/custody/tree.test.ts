// The key tree alone: what is taken out is out, and nothing else changes.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../../worker/crypto/bytes.ts'
import { hmac } from '../../../worker/crypto/hmac.ts'
import {
  covers,
  decodeTree,
  encodeTree,
  freshTree,
  leafCount,
  leafOf,
  puncture,
  type Tree,
} from '../../../worker/custody/tree.ts'
import { limits } from '../../../worker/ground/limits.ts'

const root = hmac('test', 'root')
const fresh = freshTree(root)
const leaf = fc.oneof(
  fc.integer({ min: 0, max: leafCount - 1 }),
  fc.constantFrom(0, 1, leafCount - 1),
  fc.nat(40),
)
/** Leaves to destroy, in the batches they are destroyed in; the same one may come twice. */
const batches = fc.array(fc.array(leaf, { maxLength: 12 }), { maxLength: 6 })
const punctured = (turns: number[][]): Tree => turns.reduce<Tree>(puncture, fresh)
const nodeBytes = 35

describe('a tree of keys', () => {
  it('gives every leaf a secret of its own, always the same', () => {
    const leaves = Array.from({ length: 300 }, (_, i) => (i * 219) % leafCount)
    const secrets = leaves.map((i) => hex(leafOf(fresh, i) as Uint8Array))
    expect(new Set(secrets).size).toBe(300)
    expect(secrets.every((secret) => secret.length === 64)).toBe(true)
    expect(leaves.map((i) => hex(leafOf(freshTree(root), i) as Uint8Array))).toEqual(secrets)
    expect(hex(leafOf(freshTree(hmac('test', 'other root')), 7) as Uint8Array)).not.toBe(
      hex(leafOf(fresh, 7) as Uint8Array),
    )
  })

  it('is the construction it says it is: a chain of HMACs from the root, left and right by the bits of the leaf', () => {
    fc.assert(
      fc.property(leaf, (i) => {
        let secret: Uint8Array = root
        for (const bit of i.toString(2).padStart(limits.treeDepth, '0'))
          secret = hmac(secret, bit === '0' ? 'softivum tree left' : 'softivum tree right')
        expect(leafOf(fresh, i)).toEqual(new Uint8Array(secret))
      }),
    )
  })

  it('has no leaf outside of its bounds', () => {
    for (const none of [-1, leafCount, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(leafOf(fresh, none)).toBeUndefined()
      expect(covers(fresh, none)).toBe(false)
      expect(puncture(fresh, [none])).toEqual(fresh)
    }
  })
})

describe('a punctured tree', () => {
  it('never gives a punctured leaf again, and every other leaf as before, in any order and batching', () => {
    fc.assert(
      fc.property(batches, fc.array(leaf, { maxLength: 12 }), (turns, others) => {
        const tree = punctured(turns)
        const gone = new Set(turns.flat())
        // The neighbours of what was taken out are the ones a mistake would hit.
        const near = [...gone].flatMap((i) =>
          [i ^ 1, i ^ 2, i + 1, i - 1].filter((j) => j >= 0 && j < leafCount),
        )
        for (const i of [...gone, ...others, ...near]) {
          expect(covers(tree, i)).toBe(!gone.has(i))
          expect(leafOf(tree, i)).toEqual(gone.has(i) ? undefined : leafOf(fresh, i))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('is the same tree whatever the order and batching', () => {
    fc.assert(
      fc.property(batches, (turns) => {
        const leaves = turns.flat()
        const sorted = [...leaves].sort((a, b) => b - a)
        expect(encodeTree(punctured(turns))).toEqual(encodeTree(puncture(fresh, sorted)))
        expect(encodeTree(punctured(leaves.map((i) => [i])))).toEqual(encodeTree(puncture(fresh, sorted)))
      }),
      { numRuns: 60 },
    )
  })

  it('holds no secret of a punctured leaf or of anything above one, and only what the fresh tree derives', () => {
    fc.assert(
      fc.property(batches, (turns) => {
        const tree = punctured(turns)
        for (const i of turns.flat())
          for (let place = leafCount + i; place > 0; place >>>= 1) expect(tree.has(place)).toBe(false)
        for (const place of tree.keys())
          for (let above = place >>> 1; above > 0; above >>>= 1) expect(tree.has(above)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  it('leaves the tree it was made from as it was', () => {
    const before = encodeTree(fresh)
    puncture(fresh, [1, 2, 3])
    expect(encodeTree(fresh)).toEqual(before)
  })

  it('is empty when every leaf is gone, and never larger than one node for each two leaves', () => {
    const every = Array.from({ length: leafCount }, (_, i) => i)
    expect(puncture(fresh, every).size).toBe(0)
    const worst = puncture(
      fresh,
      every.filter((i) => i % 2 === 0),
    )
    expect(worst.size).toBe(leafCount / 2)
    expect(encodeTree(worst).byteLength).toBeLessThan(1_200_000)
    expect(decodeTree(encodeTree(puncture(fresh, every)))).toEqual(new Map())
    fc.assert(
      fc.property(batches, (turns) => {
        const tree = punctured(turns)
        expect(tree.size).toBeLessThanOrEqual(Math.max(1, new Set(turns.flat()).size * limits.treeDepth))
      }),
      { numRuns: 60 },
    )
  })
})

describe('an encoded tree', () => {
  it('is read back as it was', () => {
    fc.assert(
      fc.property(batches, (turns) => {
        const tree = punctured(turns)
        const read = decodeTree(encodeTree(tree)) as Tree
        expect([...read].sort(([a], [b]) => a - b)).toEqual(
          [...tree]
            .map(([place, secret]) => [place, new Uint8Array(secret)])
            .sort(([a], [b]) => (a as number) - (b as number)),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('is refused when it is cut, lengthened, of another depth, out of order, doubled or overlapping', () => {
    const encoded = encodeTree(puncture(fresh, [5, 900]))
    const nodes = Array.from({ length: (encoded.byteLength - 1) / nodeBytes }, (_, i) =>
      encoded.slice(1 + i * nodeBytes, 1 + (i + 1) * nodeBytes),
    )
    const joined = (...parts: Uint8Array[]) =>
      new Uint8Array([limits.treeDepth, ...parts.flatMap((part) => [...part])])
    expect(decodeTree(joined(...nodes))).toBeDefined()
    const [first, second] = nodes as [Uint8Array, Uint8Array]
    const node = (level: number, index: number) => new Uint8Array([level, index >>> 8, index & 255, ...root])
    for (const broken of [
      new Uint8Array(),
      encoded.slice(0, -1),
      new Uint8Array([...encoded, 0]),
      new Uint8Array([limits.treeDepth - 1, ...encoded.slice(1)]),
      joined(second, first),
      joined(first, first),
      joined(node(0, 0), node(3, 1)),
      joined(node(2, 1), node(16, 20_000)),
      joined(node(17, 0)),
      joined(node(3, 8)),
      joined(node(255, 0)),
    ])
      expect(decodeTree(broken)).toBeUndefined()
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const tree = decodeTree(bytes)
        if (tree) expect(encodeTree(tree)).toEqual(new Uint8Array(bytes))
      }),
    )
  })
})
