// Pictures that only the inbox needs, drawn as those of ui/icon.tsx.

import { Drawing } from '../ui/icon.tsx'

const paths = {
  reply: 'M9.5 6.5L4.5 11.5L9.5 16.5M4.5 11.5H13a6 6 0 0 1 6 6V18',
  smile:
    'M12 12m-8.5 0a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0M8.5 14.5c1.8 2.2 5.2 2.2 7 0M9 9.5v.01M15 9.5v.01',
  clip: 'M18.5 11.5l-6.6 6.6a4.2 4.2 0 0 1-6-6l7-7a2.8 2.8 0 0 1 4 4l-6.9 6.9a1.4 1.4 0 0 1-2-2l6.4-6.4',
  send: 'M4.5 12L19.5 5L15.5 19.5L11.5 13.5zM11.5 13.5L19.5 5',
  clock: 'M12 12m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0M12 7.5V12l3 2',
  tick: 'M5 12.5l4.5 4.5L19 7.5',
  ticks: 'M2.5 12.5l4 4L15 7.5M11 15.2l1.4 1.3L21 7.5',
  pin: 'M12 20.5c4-4.3 6-7.5 6-10a6 6 0 1 0-12 0c0 2.5 2 5.7 6 10M12 10.5m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0',
  file: 'M7 3.5h7l4 4v11a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2M14 3.5v4h4',
  mic: 'M12 3.5a2.8 2.8 0 0 1 2.8 2.8v5a2.8 2.8 0 0 1-5.6 0v-5A2.8 2.8 0 0 1 12 3.5M6.5 11a5.5 5.5 0 0 0 11 0M12 16.5v4',
  down: 'M12 5v13M6.5 13L12 18.5L17.5 13',
  note: 'M6 4h12a1.5 1.5 0 0 1 1.5 1.5V14L14 19.5H6A1.5 1.5 0 0 1 4.5 18V5.5A1.5 1.5 0 0 1 6 4M14 19.5V14h5.5M8 8.5h8M8 12h4',
  buttons:
    'M5.5 4.5h13a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1M5.5 13.5h13a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1',
  tag: 'M4.5 5.5a1 1 0 0 1 1-1h6l8 8l-7 7l-8-8zM8.5 8.5v.01',
  person: 'M12 12a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7M5 20c.4-3.4 3-5.5 7-5.5s6.6 2.1 7 5.5',
  side: 'M5.5 4.5h13a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1M14.5 4.5v15',
} as const

export type Name = keyof typeof paths

export const Mark = ({ name, size = 18 }: { name: Name; size?: number }) => (
  <Drawing path={paths[name]} size={size} />
)
