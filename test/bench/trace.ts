// What an interaction costs the main thread of a page, read from Chromium's own trace. Used by sections/portal.ts.

import type { Browser, Page } from '@playwright/test'

/** All tasks of the main thread together, and the longest of them. */
export interface Cost {
  totalMs: number
  longestMs: number
  tasks: number
}

interface Event {
  name: string
  ph: string
  pid: number
  tid: number
  ts: number
  dur?: number
}

const begin = 'softivum-begin'
const end = 'softivum-end'
const mark = (page: Page, name: string) => page.evaluate((label) => console.timeStamp(label), name)

const isNamed = (event: Event, name: string): boolean =>
  event.name === 'TimeStamp' && JSON.stringify(event).includes(name)

/** Tasks that began between the two marks, on the thread that made them. */
function costIn(events: Event[]): Cost {
  const from = events.find((event) => isNamed(event, begin))
  const to = events.find((event) => isNamed(event, end))
  if (!from || !to) throw new Error('the trace has no marks')
  const ms = events
    .filter(({ name, pid, tid }) => name === 'RunTask' && pid === from.pid && tid === from.tid)
    .filter(({ ts }) => ts > from.ts && ts < to.ts)
    .map(({ dur = 0 }) => dur / 1_000)
  return { totalMs: ms.reduce((sum, one) => sum + one, 0), longestMs: Math.max(0, ...ms), tasks: ms.length }
}

export async function costOf(browser: Browser, page: Page, act: () => Promise<void>): Promise<Cost> {
  const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel']
  await browser.startTracing(page, { categories })
  await mark(page, begin)
  await act()
  await mark(page, end)
  const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: Event[] }
  return costIn(trace.traceEvents)
}
