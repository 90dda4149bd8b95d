// What there is to see and to do about a number besides its doctor: standing, use, profile. Called by number.tsx.

import type { ComponentChildren } from 'preact'
import { ask } from '../client.ts'
import { Badge, can, Failed, Progress, Skeleton, Spark, type Tone, useResource } from '../ui/index.ts'
import { usage as use, standing as words } from '../words/numbers.ts'
import { ProfileForm } from './profile.tsx'

export const Upkeep = ({ numberId }: { numberId: string }) => (
  <>
    <Standing numberId={numberId} />
    {can('analytics:read') && <Usage numberId={numberId} />}
    <Health numberId={numberId} />
    {can('profile') && <ProfileForm numberId={numberId} />}
  </>
)

type StandingAnswer = {
  quality: string | null
  tier: string | null
  throughput: string | null
  nameStatus: string | null
  status: string | null
  shared: boolean
}

const qualityTone = (quality: string | null): Tone =>
  (({ GREEN: 'good', YELLOW: 'warn', RED: 'bad' }) as const)[quality as 'GREEN'] ?? 'neutral'

function Standing({ numberId }: { numberId: string }) {
  const { state, data, problem, reload } = useResource(
    () => ask<StandingAnswer>(`/numbers/${numberId}/standing`),
    [numberId],
  )
  return (
    <section class="card">
      <h2>{words.title}</h2>
      {state === 'loading' && <Skeleton rows={2} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <dl class="measures">
          <Measure label={words.quality}>
            <Badge tone={qualityTone(data.quality)}>{words.qualities[data.quality ?? 'UNKNOWN']}</Badge>
          </Measure>
          <Measure label={words.tier}>
            {data.tier === null ? words.unknown : (words.tiers[data.tier] ?? data.tier)}
          </Measure>
          <Measure label={words.throughput}>
            {data.shared ? words.shared : (words.speeds[data.throughput ?? ''] ?? words.unknown)}
          </Measure>
          <Measure label={words.name}>{data.nameStatus ?? words.unknown}</Measure>
          <Measure label={words.status}>{data.status ?? words.unknown}</Measure>
        </dl>
      )}
    </section>
  )
}

const Measure = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

type UsageAnswer = {
  days: { day: string; in: number; out: number; failed: number }[]
  month: { delivered: number; free: number }
}

function Usage({ numberId }: { numberId: string }) {
  const { state, data, problem, reload } = useResource(
    () => ask<UsageAnswer>(`/numbers/${numberId}/usage`),
    [numberId],
  )
  const sum = (name: 'in' | 'out' | 'failed') => (data?.days ?? []).reduce((all, day) => all + day[name], 0)
  return (
    <section class="card">
      <h2>{use.title}</h2>
      {state === 'loading' && <Skeleton rows={3} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <>
          <p>{use.totals(sum('in'), sum('out'), sum('failed'))}</p>
          <h3>{use.in}</h3>
          <Spark label={use.in} points={data.days.map((day) => ({ label: day.day, value: day.in }))} />
          <h3>{use.out}</h3>
          <Spark label={use.out} points={data.days.map((day) => ({ label: day.day, value: day.out }))} />
          <h3>{use.meter}</h3>
          <Progress value={data.month.delivered} max={data.month.free} label={use.meter} />
          <p>{use.metered(data.month.delivered, data.month.free)}</p>
          <p class="soft small">{use.meterText}</p>
        </>
      )}
    </section>
  )
}

type HealthAnswer = { days: { day: string; received: number }[]; totals: { dead: number } }

function Health({ numberId }: { numberId: string }) {
  const { state, data, problem, reload } = useResource(
    () => ask<HealthAnswer>(`/numbers/${numberId}/health`),
    [numberId],
  )
  const came = data?.days.some(({ received }) => received > 0)
  return (
    <section class="card">
      <h2>{use.events}</h2>
      {state === 'loading' && <Skeleton rows={2} />}
      {state === 'failed' && problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {data && (
        <>
          {came && (
            <Spark
              label={use.events}
              points={data.days.toReversed().map(({ day, received }) => ({ label: day, value: received }))}
            />
          )}
          <p>{came || data.totals.dead > 0 ? use.unhandled(data.totals.dead) : use.none}</p>
        </>
      )}
    </section>
  )
}
