// `npm start`: everything on this machine, and what to do next. Ctrl-C stops all of it; state is kept until
// `npm start -- --fresh`.

import { startLocal } from './local.ts'
import type { Demo, DemoWorkspace } from './seed.ts'

function printNext({ gateway, meta, workspaces: [first] }: Demo): void {
  const { apiKey, phoneNumberId, ownerEmail } = first as DemoWorkspace
  const portal = `${gateway.replace('127.0.0.1', 'localhost')}/portal`
  console.log(`
  Ready.

    The portal                ${portal}   (sign in as ${ownerEmail}, or as anybody new;
                                                              the code is in the mails)
    The phone of a customer   ${meta}          (write to Panaderia Sol, see the answer and its ticks)
    The gateway               ${gateway}
    Mails that it sent        ${meta}/mail
    The API, to read          ${gateway}/docs/api

  1. Write something on the phone page, as Ana to Panaderia Sol, and answer in the portal.
  2. Read it through the API:

     curl -s ${gateway}/api/v1/conversations -H 'authorization: Bearer ${apiKey}'

  3. Answer with any WhatsApp Cloud API client: base URL ${gateway}, the key above as its token. By hand:

     curl -s ${gateway}/v25.0/${phoneNumberId}/messages -H 'authorization: Bearer ${apiKey}' \\
       -H 'content-type: application/json' \\
       -d '{"messaging_product":"whatsapp","to":"34600111222","type":"text","text":{"body":"We open at eight!"}}'

  4. Have Ana, who wrote in step 1, deleted, and watch it from request to receipt (some fifteen seconds):

     KEY='authorization: Bearer ${apiKey}'
     ID=$(curl -s ${gateway}/api/v1/contacts -H "$KEY" | grep -o 'cnt_[0-9a-z]*' | head -1)
     CODE=$(curl -s -X POST ${gateway}/api/v1/contacts/$ID/deletion -H "$KEY" | grep -o '"code":"[^"]*' | cut -d'"' -f4)
     npm run ops -- watch $CODE
     curl -s ${gateway}/api/v1/public/deletions/$CODE/receipts > .local/receipt.json
     npm run ops -- verify-receipt .local/receipt.json

     The page for whoever has the code: ${gateway}/data-deletion/$CODE

  Keys and ids of both demo businesses are in .local/demo.json. Ctrl-C stops everything; state is kept.
`)
}

try {
  const { demo } = await startLocal({ fresh: process.argv.includes('--fresh') })
  printNext(demo)
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exit(1)
}
