// A part that is loaded when it is first shown, so that nobody waits for what they do not use.

import { type ComponentType, createElement, type FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failed, Skeleton } from '../ui/index.ts'

export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): FunctionComponent<P> {
  let part: ComponentType<P> | undefined
  return function Lazy(props: P) {
    const [state, setState] = useState<'loading' | 'ready' | 'failed'>(part ? 'ready' : 'loading')
    useEffect(() => {
      if (state !== 'loading') return
      load().then(
        (loaded) => {
          part = loaded
          setState('ready')
        },
        () => setState('failed'),
      )
    }, [state])
    if (part) return createElement(part as FunctionComponent<P>, props)
    if (state === 'failed')
      return (
        <Failed problem={{ code: 'offline', title: '', status: 0 }} onRetry={() => setState('loading')} />
      )
    return <Skeleton rows={2} />
  }
}
