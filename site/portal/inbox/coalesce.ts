// Looks up what changed without looking twice at once: a key marked while it is being looked at is looked at once more
// afterwards, so that the last answer is always newer than the last word. Called by loading.ts.

export function coalesce(look: (key: string) => Promise<void>, atOnce = 4): (key: string) => void {
  const marked = new Set<string>()
  const busy = new Set<string>()
  const turn = () => {
    for (const key of marked) {
      if (busy.size >= atOnce) return
      if (busy.has(key)) continue
      marked.delete(key)
      busy.add(key)
      void look(key).finally(() => {
        busy.delete(key)
        turn()
      })
    }
  }
  return (key) => {
    marked.add(key)
    turn()
  }
}
