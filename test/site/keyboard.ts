// Somebody who has no mouse. Called by browser.test.ts.

import type { Page } from '@playwright/test'

/** Tabs until the focus is on what is called so, and it can be seen that it is; throws when it is never reached. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const fits = (called: string) => (typeof name === 'string' ? called === name : name.test(called))
  const met: string[] = []
  for (let i = 0; i < 80; i++) {
    const { called, shown } = await focused(page)
    if (fits(called)) {
      if (!shown) throw new Error(`the focus on “${called}” cannot be seen`)
      return
    }
    met.push(called)
    await page.keyboard.press('Tab')
  }
  throw new Error(`no Tab leads to ${name}, only to: ${met.join(' | ')}`)
}

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement
    if (element === document.body) return { called: '', shown: false }
    const labels = (element as HTMLInputElement).labels
    const called = labels?.length
      ? [...labels].map(({ innerText }) => innerText).join(' ')
      : element.innerText
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    const { width, height, top, bottom } = element.getBoundingClientRect()
    const outlined = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    const visible = width > 0 && height > 0 && bottom > 0 && top < innerHeight
    return { called: (element.getAttribute('aria-label') ?? called).trim(), shown: outlined && visible }
  })
