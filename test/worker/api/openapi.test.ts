import { describe, expect, it } from 'vitest'
import { scopeNames } from '../../../worker/audit/principal.ts'
import { app, ask, type Row } from './stage.ts'

type Operation = {
  operationId?: string
  summary?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; schema: Row }[]
  responses: Record<string, { description: string; content?: Record<string, { schema: Row; example?: Row }> }>
}
type Document = {
  openapi: string
  info: Row
  paths: Record<string, Record<string, Operation>>
  components: Row & { securitySchemes: Row; schemas: Record<string, Row> }
}

const document = (await (await ask('/openapi.json')).json()) as Document
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
)

const refsIn = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [inner as string] : refsIn(inner)))

const resolve = (ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((node, step) => (node as Row | undefined)?.[step], document)

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 whose references all resolve', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    const refs = refsIn(document)
    expect(refs.length).toBeGreaterThan(10)
    for (const ref of refs) expect(resolve(ref), ref).toBeDefined()
  })

  it('has an operation for every route of the API', () => {
    const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/v1/'))
    const named = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(new Set(operations.map(({ name }) => name))).toEqual(new Set(named))
    expect(operations.length).toBeGreaterThanOrEqual(12)
  })

  it.each(operations)(
    '$name says what it is called, what it does and which scope it needs',
    ({ name: at, operation }) => {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/)
      expect(operation.summary).toBeTruthy()
      expect(operation.tags).toHaveLength(1)
      if (at.includes(' /api/v1/public/')) return expect(operation.security).toEqual([])
      const [scheme] = operation.security ?? []
      const [name, scopes] = Object.entries(scheme ?? {})[0] ?? []
      expect(Object.keys(document.components.securitySchemes)).toContain(name)
      if (name === 'apiKey') expect(scopeNames).toContain(scopes?.[0])
    },
  )

  it.each(operations)(
    '$name describes its answers and gives its errors as problems with an example',
    ({ operation }) => {
      const answers = Object.entries(operation.responses)
      expect(answers.some(([status]) => /^[123]/.test(status))).toBe(true)
      for (const [status, answer] of answers) {
        expect(answer.description).toBeTruthy()
        if (!status.startsWith('4') && !status.startsWith('5')) continue
        // A part of a file that is not there: its answer is a header.
        if (status === '416') continue
        const problem = answer.content?.['application/problem+json']
        expect(problem?.schema).toEqual({ $ref: '#/components/schemas/Problem' })
        expect(problem?.example).toMatchObject({ status: Number(status) })
      }
    },
  )

  it('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('describes the paging of every list', () => {
    const lists = operations.filter(({ operation }) => operation.operationId?.startsWith('list'))
    expect(lists.length).toBeGreaterThanOrEqual(5)
    for (const { operation } of lists) {
      const names = operation.parameters?.map(({ name }) => name)
      expect(names).toEqual(expect.arrayContaining(['limit', 'cursor']))
      expect(operation.parameters?.find(({ name }) => name === 'limit')?.schema).toMatchObject({
        minimum: 1,
        maximum: 200,
        default: 50,
      })
    }
  })
})
