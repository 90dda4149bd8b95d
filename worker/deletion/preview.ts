// The blast radius: what a deletion would take, what would stay and why. Reads only. Called by routes.ts.

import { d1 } from '../../db/catalog.ts'
import { keptPlaces, placesOf, type Subject } from '../../db/reach.ts'
import { countAll, type Stores } from './inventory.ts'

export type Preview = {
  erased: { place: string; count: number }[]
  kept: { place: string; count: number; why: string; days: number | null }[]
}

export async function previewDeletion(stores: Stores, subject: Subject): Promise<Preview> {
  const counts = await countAll(stores, subject)
  const kept = placesOf(subject).filter((place) => place.kept)
  return {
    erased: Object.entries(counts)
      .filter(([place, count]) => count > 0 && !keptPlaces.has(place))
      .map(([place, count]) => ({ place, count })),
    kept: kept
      .map(({ table, name }) => {
        const { purpose, basis, life } = d1[table]
        const days = life === 'erasure' ? null : life.days
        return { place: name, count: counts[name] ?? 0, why: `${purpose}: ${basis}, opaque ids only`, days }
      })
      .filter(({ count }) => count > 0),
  }
}
