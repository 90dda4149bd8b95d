// The keys that are in force on this page, by what they belong to. Called by frame.tsx when `?` is pressed.

import { Dialog } from './ui/dialog.tsx'
import { shortcuts } from './ui/hooks.ts'
import { keyboard } from './words/shell.ts'

const names: Record<string, string> = {
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
}
const mod = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

const Keys = ({ keys }: { keys: string }) => (
  <>
    {keys.split(' ').map((part, at) => (
      <span key={part}>
        {at > 0 && ` ${keyboard.thenKey} `}
        {part.split(/(?<=.)\+/).map((key) => (
          <kbd key={key}>{key === 'mod' ? mod : (names[key] ?? key)}</kbd>
        ))}
      </span>
    ))}
  </>
)

export function FrameHelp({ onClose }: { onClose: () => void }) {
  const all = shortcuts.value
  const groups = [...new Set(all.map(({ group }) => group))].reverse()
  return (
    <Dialog title={keyboard.title} open onClose={onClose} wide>
      <div class="keys">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {all
                .filter((one) => one.group === group)
                .map(({ keys, label }) => (
                  <div key={keys}>
                    <dt>{label}</dt>
                    <dd>
                      <Keys keys={keys} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
