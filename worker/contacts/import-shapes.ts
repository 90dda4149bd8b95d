// What the API says of lists of contacts that are taken in.

import { limits } from '../ground/limits.ts'
import { instant, pageSchema, z } from '../ground/openapi.ts'
import { rowFaults } from './rows.ts'
import { consentSources, consentText, consentWhere, purposeEnum } from './shapes.ts'
import { parseDay } from './values.ts'

const day = z
  .string()
  .refine((text) => parseDay(text) !== undefined, 'A day of the calendar, YYYY-MM-DD')
  .openapi({ format: 'date', example: '2026-05-04' })

const evidence = {
  name: z.string().trim().min(1).max(200).describe('What the file is called.'),
  source: z.enum(consentSources).describe('How those on the list agreed.'),
  text: consentText.describe('The words they agreed to.'),
  where: consentWhere.optional().describe('Where those words stand.'),
  date: day.describe('When they agreed; of several days the last.'),
  purpose: purposeEnum,
}

export const newImportBody = z.strictObject({
  ...evidence,
  total: z.int().min(1).max(limits.importRows).describe('Rows that will come.'),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('SHA-256 of the file, to know it again when an import is taken up once more.'),
  settings: z
    .string()
    .max(limits.importSettingsChars)
    .optional()
    .describe('How the file is read, for whoever takes it up again. Kept sealed, not looked into.'),
})

const row = z.strictObject({
  phone: z.string().max(1_000).optional().describe('With the country code.'),
  name: z.string().max(4_000).optional(),
  fields: z
    .record(z.string().max(64), z.string().max(8_000))
    .optional()
    .describe('Values by the id of the field.'),
})
const rows = z.array(row).min(1).max(limits.importChunkRows)

export const rowsBody = z.strictObject({
  from: z.int().min(0).describe('How many rows came before these.'),
  rows,
})
export const previewBody = z.strictObject({ purpose: purposeEnum, rows })

const shape = {
  id: z.string().openapi({ example: 'imp_2b4d6f8h0k2n4q6s8v0x2z4b6d' }),
  state: z.enum(['open', 'done', 'cancelled']),
  name: z.string().nullable(),
  source: z.string().nullable(),
  text: z.string().nullable(),
  where: z.string().nullable(),
  date: z.string().nullable(),
  fingerprint: z.string().nullable(),
  settings: z.string().nullable(),
  purpose: purposeEnum,
  total: z.int(),
  position: z.int().describe('So many rows were handled: the next piece begins here.'),
  added: z.int(),
  updated: z.int().describe('People who were known already.'),
  refused: z.int(),
  startedBy: z.string().describe('As in the ledger.'),
  createdAt: instant,
  finishedAt: instant.nullable(),
}

const faults = z.array(z.object({ row: z.int().describe('Counted from 1.'), fault: z.enum(rowFaults) }))

export const importSchema = z.object(shape).openapi('Import')
export const importPage = pageSchema('ImportPage', importSchema)
export const importReportSchema = z.object({ ...shape, faults }).openapi('ImportReport')
export const takenSchema = z.object({ import: importSchema, faults }).openapi('ImportPiece')
export const previewSchema = z
  .object({ data: z.array(z.enum(['add', 'update', ...rowFaults])).describe('In the order asked.') })
  .openapi('ImportPreview')
