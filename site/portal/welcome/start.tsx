// The script of /portal: it only knows where to go on.

import { firstPlace } from '../frame.tsx'
import { mount } from '../mount.tsx'
import { Skeleton } from '../ui/index.ts'

function Start() {
  location.replace(firstPlace())
  return <Skeleton />
}

void mount(Start)
