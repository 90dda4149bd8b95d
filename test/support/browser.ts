// The browser that tests drive: the distribution's Chromium. Called by every test that needs one.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from '@playwright/test'

const executablePath = '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** With CI set nothing is skipped: the launch fails and says what is missing. */
export const noBrowser = !existsSync(executablePath) && !process.env.CI

/** For the title of a test that is skipped without one. */
export const inBrowser = (title: string): string =>
  noBrowser ? `${title} (skipped: there is no Chromium at ${executablePath})` : title

export const launch = (): Promise<Browser> => chromium.launch({ executablePath, args })
