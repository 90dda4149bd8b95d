// The last step: the rows go, piece by piece, until the report is there. Called by import.tsx.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { api, call, type Problem } from '../client.ts'
import { Button, confirmTyped, LinkButton, Progress, sentenceOf, toast } from '../ui/index.ts'
import { importing } from '../words/importing.ts'
import { downloadReport, FaultTable } from './import-faults.tsx'
import { type Import, type ImportReport, run } from './import-send.ts'
import { type Sheet, sentRows } from './sheet.ts'

const words = importing.run

type StepProps = { sheet: Sheet; begun: Import; onAgain: () => void }

/** Whoever leaves is asked once: what is not sent yet is only here. */
function useStaying(busy: boolean): void {
  useEffect(() => {
    if (!busy) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [busy])
}

export function RunStep({ sheet, begun, onAgain }: StepProps) {
  const rows = useMemo(() => sentRows(sheet), [sheet])
  const [now, setNow] = useState(begun)
  const [report, setReport] = useState<ImportReport>()
  const [waiting, setWaiting] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const going = useRef(0)
  const go = () => {
    const mine = ++going.current
    setProblem(undefined)
    const way = { going: () => mine === going.current, onMove: setNow, onWait: setWaiting }
    void run(now, rows, way).then((ended) => {
      if (!ended || mine !== going.current) return
      if ('faults' in ended) setReport(ended)
      else setProblem(ended)
    })
  }
  useEffect(() => {
    go()
    return () => {
      going.current++
    }
  }, [])
  useStaying(!report)
  const cancel = async () => {
    const { cancelTitle: title, cancelText: text, cancelWord: word, cancel: action } = words
    if (!(await confirmTyped({ title, text, word, action }))) return
    going.current++
    const told = await call(api.imports[':id'].$delete({ param: { id: begun.id } }))
    if (told.ok) setReport(told.data)
    else toast({ text: sentenceOf(told.problem), tone: 'bad' })
  }
  if (report) return <Report report={report} sheet={sheet} onAgain={onAgain} />
  return (
    <section class="card form">
      <h2>{words.title}</h2>
      <p role="status">{waiting ? words.waiting : words.leave}</p>
      <Progress value={now.position} max={now.total} label={words.progress} />
      <p class="soft">{words.count(now.position, now.total)}</p>
      {problem && (
        <p class="notice bad" role="alert">
          <strong>{words.stopped}</strong> {sentenceOf(problem)}
        </p>
      )}
      <div class="actions">
        <Button onClick={() => void cancel()}>{words.cancel}</Button>
        {problem && (
          <Button kind="main" onClick={go}>
            {words.goOn}
          </Button>
        )}
      </div>
    </section>
  )
}

type ReportProps = { report: ImportReport; sheet: Sheet; onAgain: () => void }

const Report = ({ report, sheet, onAgain }: ReportProps) => (
  <section class="card form">
    <h2>{report.state === 'done' ? words.doneTitle : words.cancelledTitle}</h2>
    <p role="status">{words.summary(report.added, report.updated, report.refused)}</p>
    <FaultTable faults={report.faults} sheet={sheet} />
    <div class="actions">
      {report.faults.length > 0 && (
        <Button icon="download" onClick={() => downloadReport(report.id, report.faults, sheet)}>
          {words.download}
        </Button>
      )}
      <Button onClick={onAgain}>{words.again}</Button>
      <LinkButton kind="main" href="/portal/contacts">
        {importing.back}
      </LinkButton>
    </div>
  </section>
)
