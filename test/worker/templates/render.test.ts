import { describe, expect, it } from 'vitest'
import {
  asksOf,
  isNamed,
  missingOf,
  payloadOf,
  preview,
  type TemplateLike,
} from '../../../site/portal/templates/render.ts'
import { limits } from '../../../worker/ground/limits.ts'
import { sentenceOf } from '../../../worker/templates/sentence.ts'
import { renderTemplate } from '../../simulators/meta/graph/template-render.ts'
import { templateShape } from '../../simulators/meta/graph/template-rules.ts'
import { defaultTemplates } from '../../simulators/meta/templates-default.ts'
import { newTemplate } from '../../simulators/meta/world-build.ts'

const named = (name: string): TemplateLike => {
  const found = defaultTemplates.find((one) => one.name === name)
  if (!found) throw new Error(`no template ${name}`)
  return found as TemplateLike
}

/** A value that fits, for whatever is asked. */
const sample: Record<string, string> = {
  text: 'Ana',
  suffix: 'A-77',
  code: 'X15',
  location: '40.4, -3.7',
  image: 'https://files.example/a.jpg',
  video: 'https://files.example/a.mp4',
  document: '901700800900100',
}
const valuesFor = (template: TemplateLike) =>
  Object.fromEntries(asksOf(template).map(({ key, kind }) => [key, sample[kind] ?? '']))

describe('a template', () => {
  it('asks for every variable once, from top to bottom, with its sample', () => {
    expect(asksOf(named('shipment_late')).map(({ key, kind, example }) => [key, kind, example])).toEqual([
      ['header.1', 'text', 'A-77'],
      ['body.1', 'text', 'Ana'],
      ['body.2', 'text', 'martes'],
      ['button.0', 'suffix', undefined],
    ])
    expect(asksOf(named('hello_world'))).toEqual([])
    expect(asksOf(named('promo_nov')).map(({ key, kind }) => [key, kind])).toEqual([
      ['header.media', 'image'],
      ['body.1', 'text'],
      ['button.1', 'code'],
    ])
  })

  it('with names asks by name and sends the names', () => {
    const template = named('order_ready')
    expect(isNamed(template)).toBe(true)
    expect(payloadOf(template, { 'body.customer': 'Ravi', 'body.order': 'B-12' })).toEqual({
      name: 'order_ready',
      language: { code: 'en_US' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Ravi', parameter_name: 'customer' },
            { type: 'text', text: 'B-12', parameter_name: 'order' },
          ],
        },
      ],
    })
  })

  it('whose second variable stands before the first sends them by their numbers', () => {
    const turned = {
      ...named('hello_world'),
      components: [{ type: 'BODY', text: 'On {{2}}, {{1}}!', example: { body_text: [['Ana', 'Monday']] } }],
    }
    const values = { 'body.1': 'Ana', 'body.2': 'Monday' }
    expect(payloadOf(turned, values).components?.[0]?.parameters).toEqual([
      { type: 'text', text: 'Ana' },
      { type: 'text', text: 'Monday' },
    ])
  })

  it('without variables sends nothing but its name and language', () => {
    expect(payloadOf(named('hello_world'), {})).toEqual({ name: 'hello_world', language: { code: 'en_US' } })
  })

  it.each(defaultTemplates.filter(({ status }) => status === undefined).map(({ name }) => name))(
    '%s, filled, is what Meta takes, and what Meta shows is the preview',
    (name) => {
      const template = named(name)
      const values = valuesFor(template)
      expect(missingOf(template, values)).toEqual([])
      const payload = payloadOf(template, values)
      expect(() => templateShape(payload, 'template')).not.toThrow()
      const setup = defaultTemplates.find((one) => one.name === name)
      const rendered = renderTemplate(newTemplate(setup as never, '1'), payload as never)
      const shown = preview(template, values)
      expect(shown.body.map(({ text }) => text).join('')).toBe(rendered.body)
      expect(shown.footer).toBe(rendered.footer ?? null)
      expect(shown.body.some(({ open }) => open)).toBe(false)
      // And what stays in the thread is what the person read.
      const header = (rendered.header as { text?: string } | undefined)?.text
      const lines = [header, rendered.body, rendered.footer].filter((line) => line !== undefined)
      expect(sentenceOf(template.components, payload)).toBe(lines.join('\n'))
    },
  )

  it('is read with a gap where a value is missing, and not at all where its words are not known', () => {
    const { components } = named('shipment_late')
    const parameters = [{ type: 'currency', currency: { fallback_value: '12 EUR' } }]
    expect(sentenceOf(components, { components: [{ type: 'body', parameters }] })).toMatch(
      /12 EUR.*\{\{2\}\}/s,
    )
    expect(sentenceOf([], { name: 'order_ready' })).toBeUndefined()
    // A variable that is repeated makes of a value no more than Meta takes.
    const long = [{ type: 'BODY', text: '{{1}} and {{1}} and {{1}}' }]
    const value = { components: [{ type: 'body', parameters: [{ type: 'text', text: 'x'.repeat(50_000) }] }] }
    expect(sentenceOf(long, value)).toHaveLength(limits.templateBodyChars)
    for (const broken of [
      null,
      'x',
      { components: {} },
      { components: [null, { type: 'BODY', parameters: 4 }] },
    ])
      expect(sentenceOf(components, broken)).toContain('{{1}}')
  })

  it('names what is missing or does not fit, and shows it as open', () => {
    const template = named('shipment_late')
    const values = { 'header.1': 'A-77', 'body.1': 'two\nlines', 'button.0': 'x' }
    expect(missingOf(template, values)).toEqual(['body.1', 'body.2'])
    expect(preview(template, { 'body.1': 'Ana' }).body).toContainEqual({ text: '{{2}}', open: true })
    expect(
      missingOf(named('promo_nov'), {
        'header.media': 'http://no.example/a',
        'body.1': 'a',
        'button.1': 'b',
      }),
    ).toEqual(['header.media'])
  })

  it.each([[[]], [[null, 3, 'x']], [[{ type: 'BODY' }, { type: 'BUTTONS', buttons: 'no' }]]])(
    'of any other shape asks for nothing and does not fail',
    (components) => {
      const template = { name: 'odd', language: 'en', components }
      expect(asksOf(template)).toEqual([])
      expect(preview(template).body).toEqual([])
      expect(payloadOf(template, {})).toEqual({ name: 'odd', language: { code: 'en' } })
    },
  )
})
