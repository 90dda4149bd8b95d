// Small helpers of the phone page's scripts. Served by phone/app.ts as /phone/dom.js.

export const domScript = `
export const byId = (id) => document.getElementById(id)

/** An element; text children are text, never markup. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'class') element.className = value
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

const paths = {
  pin: 'M12 21s7-6.2 7-11.3A7 7 0 0 0 5 9.7C5 14.8 12 21 12 21ZM12 12.2a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  file: 'M7 3h7l4 4v14H7ZM14 3v4h4M10 12h5M10 16h5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0',
  copy: 'M9 9h11v11H9ZM5 15H4V4h11v1',
  phone: 'M5 4h4l1.5 5-2.5 1.5a12 12 0 0 0 5.5 5.5L15 13.5l5 1.5v4a2 2 0 0 1-2 2A15 15 0 0 1 3 6a2 2 0 0 1 2-2',
}

/** A drawn sign: pictures from fonts are not on every machine. */
export function sign(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'sign')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', paths[name])
  svg.append(path)
  return svg
}

export async function api(path, body, method) {
  const init = body === undefined ? { method: method ?? 'GET' } : { method: method ?? 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch('/_sim' + path, init)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error?.message ?? answer.error ?? 'HTTP ' + response.status)
  return answer
}

export function notice(text) {
  byId('notice').textContent = text
}

/** Runs something that a person asked for and shows what went wrong. */
export async function attempt(work) {
  try {
    notice('')
    return await work()
  } catch (error) {
    notice(String(error.message ?? error))
  }
}

export const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
export const seconds = (ms) => new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
export const day = (ms) => new Date(ms).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' })

/** Keeps the children of a list in step with the data; only what changed is made anew, and focus stays. */
export function keep(list, items, keyOf, render) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]))
  let previous = null
  for (const item of items) {
    const key = keyOf(item)
    const print = JSON.stringify(item)
    let child = known.get(key)
    known.delete(key)
    if (!child || child.dataset.print !== print) {
      const fresh = render(item)
      fresh.dataset.key = key
      fresh.dataset.print = print
      if (child) {
        const focused = child.contains(document.activeElement) ? document.activeElement.dataset.k : undefined
        if (child.open) fresh.open = true
        child.replaceWith(fresh)
        if (focused) fresh.querySelector('[data-k="' + CSS.escape(focused) + '"]')?.focus()
      }
      child = fresh
    }
    const place = previous ? previous.nextSibling : list.firstChild
    if (child !== place) list.insertBefore(child, place)
    previous = child
  }
  for (const gone of known.values()) gone.remove()
}
`
