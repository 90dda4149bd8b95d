// Writes the API description that the site renders at /docs/api. Run before the build: `node scripts/openapi.ts`.

import { mkdir, writeFile } from 'node:fs/promises'
import { openApiDocument } from '../worker/app.ts'

const target = new URL('../site/generated/openapi.json', import.meta.url)
await mkdir(new URL('.', target), { recursive: true })
await writeFile(target, `${JSON.stringify(openApiDocument(), null, 2)}\n`)
