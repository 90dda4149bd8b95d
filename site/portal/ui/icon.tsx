// Pictures of the portal, drawn as strokes of one width in a square of 24, as the letters of the name are.

const paths = {
  inbox:
    'M4 13.5V6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7M4 13.5h4.2a1 1 0 0 1 .9.6l.5 1.3a1 1 0 0 0 .9.6h3a1 1 0 0 0 .9-.6l.5-1.3a1 1 0 0 1 .9-.6H20M4 13.5v4A2.5 2.5 0 0 0 6.5 20h11a2.5 2.5 0 0 0 2.5-2.5v-4',
  contacts: 'M12 12a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7M5 20c.4-3.4 3-5.5 7-5.5s6.6 2.1 7 5.5',
  templates: 'M7 4h10a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2M9 9h6M9 12.5h6M9 16h3',
  numbers:
    'M8 3.5h8a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 19V5A1.5 1.5 0 0 1 8 3.5M11 17.5h2',
  people:
    'M9 11.5a3 3 0 1 0 0-6a3 3 0 0 0 0 6M3.5 19c.3-2.9 2.3-4.7 5.5-4.7s5.2 1.8 5.5 4.7M15.5 11.2a2.7 2.7 0 0 0 0-5.3M17 14.6c2.1.5 3.3 2 3.5 4.4',
  privacy: 'M12 3.5l7 2.5v5.5c0 4-2.7 7.2-7 9c-4.3-1.8-7-5-7-9V6zM9 12l2.2 2.2L15.2 10',
  key: 'M15 9m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0M11.4 12.6L4 20M7 17l2.5 2.5M15 9v.01',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M15 7m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M9 17m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  more: 'M5.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M11.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M17.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0',
  search: 'M10.5 10.5m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0M15 15l5 5',
  copy: 'M10 9h8a1.5 1.5 0 0 1 1.5 1.5v8A1.5 1.5 0 0 1 18 20h-8a1.5 1.5 0 0 1-1.5-1.5v-8A1.5 1.5 0 0 1 10 9M5.5 15H5a1 1 0 0 1-1-1V5.5A1.5 1.5 0 0 1 5.5 4H14a1 1 0 0 1 1 1v.5',
  trash: 'M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.5 10.5v5M13.5 10.5v5',
  chevron: 'M7 10l5 5l5-5',
  back: 'M14.5 6L8.5 12l6 6',
  out: 'M10 5H6.5A1.5 1.5 0 0 0 5 6.5v11A1.5 1.5 0 0 0 6.5 19H10M14 8l4 4l-4 4M18 12H9.5',
  warn: 'M12 4.5l8 14.5H4zM12 10.5v3.5M12 16.5v.01',
  help: 'M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2.9-1.2 1.8M12 17.5v.01M12 12m-8.5 0a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0',
  phone:
    'M8 3.5h8a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 19V5A1.5 1.5 0 0 1 8 3.5M11 17.5h2',
  desk: 'M4.5 5h15a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1M9 20h6M12 16v4',
  mail: 'M5.5 5.5h13A1.5 1.5 0 0 1 20 7v10a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17V7a1.5 1.5 0 0 1 1.5-1.5M4.5 7l7.5 6l7.5-6',
  download: 'M12 4v11M7.5 11l4.5 4.5l4.5-4.5M5 19.5h14',
  eye: 'M2.5 12C4.5 8 8 6 12 6s7.5 2 9.5 6c-2 4-5.5 6-9.5 6s-7.5-2-9.5-6M12 12m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0',
} as const

export type IconName = keyof typeof paths

/** Says nothing to assistive technology: what it means stands beside it or is the label of the button. */
export const Drawing = ({ path, size = 20 }: { path: string; size?: number }) => (
  <svg
    class="icon"
    viewBox="0 0 24 24"
    width={size}
    height={size}
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={path} />
  </svg>
)

export const Icon = ({ name, size }: { name: IconName; size?: number }) => (
  <Drawing path={paths[name]} size={size} />
)
