// The name of the service at the head of pages before signing in, drawn as on the public site.

import { lettering, mark } from '../../images/lettering.ts'
import { service } from '../words/shell.ts'

const [first, second] = service.split(' ').map(lettering) as [
  ReturnType<typeof lettering>,
  ReturnType<typeof lettering>,
]
const begin = first.width + 8.5
const width = begin + second.width + 2

export const Brand = () => (
  <a class="wordmark" href="/">
    <span class="unseen">{service}</span>
    <svg viewBox="7.5 5 17 22" width="19" height="25" aria-hidden="true">
      <path
        d={mark.path}
        fill="none"
        stroke="currentColor"
        stroke-width="2.8"
        stroke-linecap="round"
        class="second"
      />
      {mark.ends.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r="2.4" fill="currentColor" />
      ))}
    </svg>
    <svg
      viewBox={`-1 -16 ${width} 18`}
      width={Math.round(width * 1.02)}
      height="18"
      fill="none"
      stroke="currentColor"
      stroke-width="1.9"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={first.path} />
      <path class="second" d={second.path} transform={`translate(${begin})`} />
    </svg>
  </a>
)
