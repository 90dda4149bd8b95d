// What stands over a page and outlives whatever opened it. In the page's own tree, so that ids stay each other's only namesakes.
// Shown by frame.tsx, called from anywhere.

import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

const over = signal<ComponentChildren>(undefined)

/** One at a time; undefined takes it away. */
export const showOver = (children: ComponentChildren): void => {
  over.value = children
}

export const Overlays = () => <>{over.value}</>
