// Draws a component again only when one of its properties is another one. For the bubbles of a thread and the rows of a list.

import { type Component, type ComponentType, createElement, type FunctionComponent } from 'preact'

const isSame = (a: object, b: object): boolean => {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => (a as Record<string, unknown>)[key] === (b as Record<string, unknown>)[key])
  )
}

export function memo<P extends object>(render: FunctionComponent<P>): ComponentType<P> {
  return function Memo(this: Component<P>, props: P) {
    this.shouldComponentUpdate = (next) => !isSame(this.props, next)
    return createElement(render, props)
  } as unknown as ComponentType<P>
}
