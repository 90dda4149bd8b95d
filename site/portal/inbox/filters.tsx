// Which conversations are listed, and the box to search in. Part of inbox.tsx.

import { useRef } from 'preact/hooks'
import { roles } from '../../../worker/accounts/permissions.ts'
import { session } from '../session.ts'
import { Button, Select } from '../ui/index.ts'
import * as words from '../words/inbox.ts'
import { choose } from './loading.ts'
import { query, setQuery } from './searching.ts'
import { book, colleagues, labels } from './state.ts'
import type { Filter } from './store.ts'

export function Filters() {
  const { filter } = book.value.list
  const me = session.value?.member?.id
  const change = (part: Partial<Filter>) => choose({ ...filter, ...part })
  const of = (value: string) => (value === '' ? undefined : value)
  return (
    <fieldset class="filters" aria-label={words.filters.label}>
      <Select
        aria-label={words.filters.state}
        value={filter.state}
        onChange={(event) => change({ state: event.currentTarget.value as Filter['state'] })}
        options={(['open', 'closed', 'all'] as const).map((value) => ({
          value,
          label: words.filters.states[value],
        }))}
      />
      <Select
        aria-label={words.filters.assignee}
        value={filter.assignee ?? ''}
        onChange={(event) => change({ assignee: of(event.currentTarget.value) })}
        options={[
          { value: '', label: words.filters.anyone },
          { value: 'me', label: words.filters.me },
          { value: 'none', label: words.filters.nobody },
          ...colleagues.value
            .filter(({ id }) => id !== me)
            .map(({ id, name, role }) => ({ value: id, label: name ?? roles[role].title })),
        ]}
      />
      {labels.value.length > 0 && (
        <Select
          aria-label={words.filters.label_}
          value={filter.label ?? ''}
          onChange={(event) => change({ label: of(event.currentTarget.value) })}
          options={[
            { value: '', label: words.filters.anyLabel },
            ...labels.value.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      <Button
        class="toggle"
        aria-pressed={filter.unread === true}
        onClick={() => change({ unread: filter.unread ? undefined : true })}
      >
        {words.filters.unread}
      </Button>
    </fieldset>
  )
}

export function SearchBox() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <search class="search">
      <input
        ref={input}
        id="inbox-search"
        type="search"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        enterkeyhint="search"
        aria-label={words.search.label}
        placeholder={words.search.label}
        value={query.value}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          event.stopPropagation()
          if (query.value === '') input.current?.blur()
          setQuery('')
        }}
      />
    </search>
  )
}
