// Which rows of a long list stand in the page, all of one height. Pure.

export type Span = { from: number; to: number }

/** Rows that are seen, and `margin` more on each side; `to` is not in it. Never outside of `count`. */
export function spanAt(scrollTop: number, height: number, row: number, count: number, margin: number): Span {
  if (count === 0 || row <= 0) return { from: 0, to: 0 }
  const top = Math.max(0, Math.min(scrollTop, count * row - height))
  const from = Math.max(0, Math.floor(top / row) - margin)
  return { from: Math.min(from, count), to: Math.min(count, Math.ceil((top + height) / row) + margin) }
}

/** Where to scroll so that row `index` is seen whole; the same place when it is. */
export function scrollTo(scrollTop: number, height: number, row: number, index: number): number {
  const top = index * row
  if (top < scrollTop) return top
  return top + row > scrollTop + height ? top + row - height : scrollTop
}

/** How far the place must move so that what is read stays where it is when `before` pixels became `after`. */
export const keepPlace = (scrollTop: number, before: number, after: number): number =>
  scrollTop + after - before

/** So near the end that nobody looks at something older: what comes is scrolled to. */
export const isAtEnd = (scrollTop: number, height: number, total: number, slack = 80): boolean =>
  total - scrollTop - height <= slack
