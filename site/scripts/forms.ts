// What makes the forms for codes nicer where there is script: copying, the time that is left, digits alone. Everything works
// without it.

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  const words = button.textContent
  button.hidden = !navigator.clipboard
  async function copy(): Promise<void> {
    const text = document.getElementById(button.dataset.copy ?? '')?.textContent?.trim() ?? ''
    try {
      await navigator.clipboard.writeText(text)
      say('Copied. Paste it into the chat with the business.')
      button.textContent = 'Copied'
    } catch {
      say('It could not be copied. Select the message and copy it by hand.')
    }
    setTimeout(() => {
      button.textContent = words
    }, 3_000)
  }
  button.addEventListener('click', () => void copy())
}

/** One line for assistive technology, made when it is first needed. */
function say(text: string): void {
  let line = document.getElementById('said')
  if (!line) {
    line = document.createElement('p')
    line.id = 'said'
    line.className = 'unseen'
    line.setAttribute('role', 'status')
    document.body.appendChild(line)
  }
  line.textContent = text
}

const left = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 2) return `${minutes} minutes left`
  return minutes === 1 ? '1 minute left' : `${seconds} seconds left`
}

for (const until of document.querySelectorAll<HTMLTimeElement>('time[data-until]')) {
  const end = Date.parse(until.dateTime)
  const note = document.createElement('span')
  until.parentNode?.insertBefore(note, until.nextSibling)
  const tick = (): void => {
    const ms = end - Date.now()
    note.textContent = ms > 0 ? ` (${left(ms)})` : `: ${until.dataset.over ?? ''}`
    if (ms > 0) return
    clearInterval(timer)
    say(until.dataset.over ?? '')
  }
  const timer = setInterval(tick, 1_000)
  tick()
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-digits]')) {
  const input = form.querySelector<HTMLInputElement>('input[inputmode="numeric"]')
  const most = Number(form.dataset.digits)
  // What is pasted comes with spaces, dashes, and sometimes the words around it.
  input?.addEventListener('input', () => {
    const digits = input.value.replace(/\D/g, '').slice(0, most)
    if (digits !== input.value) input.value = digits
  })
}
