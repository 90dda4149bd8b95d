// What an interaction costs the main thread of a page, read from Chromium's own trace. Used by sections/portal.ts.

import type { Browser, Page } from '@playwright/test'

/** All tasks of the main thread together, and the longest of them: by its own clock, and by that of the wall. */
export interface Cost {
  totalMs: number
  longestMs: number
  wallMs: number
}

interface Event {
  name: string
  ph: string
  pid: number
  tid: number
  ts: number
  dur?: number
  /** By the thread's own clock: what others on the machine took is not in it. */
  tdur?: number
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
  const tasks = events
    .filter(({ name, pid, tid }) => name === 'RunTask' && pid === from.pid && tid === from.tid)
    .filter(({ ts }) => ts > from.ts && ts < to.ts)
    .map(({ dur = 0, tdur = dur }) => ({ own: tdur / 1_000, wall: dur / 1_000 }))
  return {
    totalMs: tasks.reduce((sum, { own }) => sum + own, 0),
    longestMs: Math.max(0, ...tasks.map(({ own }) => own)),
    wallMs: tasks.reduce((sum, { wall }) => sum + wall, 0),
  }
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
