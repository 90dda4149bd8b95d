// The script of /portal/contacts/import: a file, its columns, the consent, a look at what would happen, then it happens. One
// step after the other; going back loses nothing.

import { useState } from 'preact/hooks'
import { mount } from '../mount.tsx'
import { LinkButton, Page } from '../ui/index.ts'
import { importing as words } from '../words/importing.ts'
import { Before } from './import-before.tsx'
import { CheckStep } from './import-check.tsx'
import { ColumnsStep } from './import-columns.tsx'
import { blankEvidence, ConsentStep, type Evidence } from './import-consent.tsx'
import { FileStep } from './import-file.tsx'
import { RunStep } from './import-run.tsx'
import type { Import } from './import-send.ts'
import type { Sheet } from './sheet.ts'

const steps = ['file', 'columns', 'consent', 'check', 'run'] as const
type Step = (typeof steps)[number]

function Importing() {
  const [step, setStep] = useState<Step>('file')
  const [sheet, setSheet] = useState<Sheet>()
  const [evidence, setEvidence] = useState<Evidence>(blankEvidence)
  const [begun, setBegun] = useState<Import>()
  const start = (one: Import, of: Sheet) => {
    setSheet(of)
    setBegun(one)
    setStep('run')
  }
  const anew = () => {
    setStep('file')
    setSheet(undefined)
    setBegun(undefined)
  }
  return (
    <Page
      title={words.title}
      lead={words.lead}
      narrow
      actions={
        <LinkButton href="/portal/contacts" icon="back">
          {words.back}
        </LinkButton>
      }
    >
      <Where step={step} />
      {step === 'file' && <FileStep sheet={sheet} onSheet={setSheet} onNext={() => setStep('columns')} />}
      {sheet && step === 'columns' && (
        <ColumnsStep
          sheet={sheet}
          onSheet={setSheet}
          onBack={() => setStep('file')}
          onNext={() => setStep('consent')}
        />
      )}
      {sheet && step === 'consent' && (
        <ConsentStep
          evidence={evidence}
          onEvidence={setEvidence}
          onBack={() => setStep('columns')}
          onNext={() => setStep('check')}
        />
      )}
      {sheet && step === 'check' && (
        <CheckStep sheet={sheet} evidence={evidence} onBack={() => setStep('consent')} onStarted={start} />
      )}
      {sheet && begun && step === 'run' && <RunStep sheet={sheet} begun={begun} onAgain={anew} />}
      {step === 'file' && <Before onResume={start} />}
    </Page>
  )
}

const Where = ({ step }: { step: Step }) => (
  <ol class="steps-line" aria-label={words.step(steps.indexOf(step) + 1, steps.length)}>
    {steps.map((one) => (
      <li key={one} aria-current={one === step ? 'step' : undefined}>
        {words.steps[one]}
      </li>
    ))}
  </ol>
)

void mount(Importing, { needs: 'contacts:write' })
