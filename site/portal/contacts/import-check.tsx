// The fourth step: every row is looked at and nothing is written. Called by import.tsx.

import { useEffect, useMemo, useState } from 'preact/hooks'
import { api, call, type Problem } from '../client.ts'
import { Button, Failed, Progress, sentenceOf, toast } from '../ui/index.ts'
import { importing } from '../words/importing.ts'
import type { Evidence } from './import-consent.tsx'
import { FaultTable } from './import-faults.tsx'
import { type Checked, check, type Import } from './import-send.ts'
import { type Sheet, sentRows } from './sheet.ts'

const words = importing.check

type StepProps = {
  sheet: Sheet
  evidence: Evidence
  onBack: () => void
  onStarted: (begun: Import, sheet: Sheet) => void
}

export function CheckStep({ sheet, evidence, onBack, onStarted }: StepProps) {
  const rows = useMemo(() => sentRows(sheet), [sheet])
  const [done, setDone] = useState(0)
  const [checked, setChecked] = useState<Checked>()
  const [problem, setProblem] = useState<Problem>()
  const [turn, setTurn] = useState(0)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    let going = true
    setProblem(undefined)
    void check(rows, evidence.purpose, () => going, setDone).then((found) => {
      if (found && 'faults' in found) setChecked(found)
      else if (found && going) setProblem(found)
    })
    return () => {
      going = false
    }
  }, [rows, turn])
  const start = async () => {
    setBusy(true)
    const begun = await open(sheet, evidence, rows.length)
    setBusy(false)
    if (begun.ok) onStarted(begun.data, sheet)
    else toast({ text: sentenceOf(begun.problem), tone: 'bad' })
  }
  const any = checked !== undefined && checked.add + checked.update > 0
  return (
    <section class="card form">
      <h2>{words.title}</h2>
      {problem && <Failed problem={problem} onRetry={() => setTurn((n) => n + 1)} />}
      {!checked && !problem && (
        <>
          <p role="status">{words.checking}</p>
          <Progress value={done} max={rows.length} label={words.progress} />
        </>
      )}
      {checked && <Outcome checked={checked} sheet={sheet} />}
      <div class="actions">
        <Button onClick={onBack}>{importing.before}</Button>
        {any && (
          <Button kind="main" busy={busy} onClick={() => void start()}>
            {words.start(checked.add + checked.update)}
          </Button>
        )}
      </div>
    </section>
  )
}

function open(sheet: Sheet, { sure: _, where, ...evidence }: Evidence, total: number) {
  const { name, fingerprint, reading } = sheet
  const json = { ...evidence, ...(where.trim() ? { where } : {}), name, fingerprint, total }
  return call(api.imports.$post({ json: { ...json, settings: JSON.stringify(reading) } }))
}

const Outcome = ({ checked, sheet }: { checked: Checked; sheet: Sheet }) => (
  <>
    <div role="status">
      <ul class="plain">
        {checked.add > 0 && <li>{words.add(checked.add)}</li>}
        {checked.update > 0 && <li>{words.update(checked.update)}</li>}
        {checked.faults.length > 0 && <li>{words.refused(checked.faults.length)}</li>}
        {checked.add + checked.update === 0 && <li>{words.none}</li>}
      </ul>
    </div>
    <FaultTable faults={checked.faults} sheet={sheet} />
  </>
)
