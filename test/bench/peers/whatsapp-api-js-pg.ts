// Peer: whatsapp-api-js behind Express 5 as its documentation shows, one INSERT awaited in its message
// callback.

import express from 'express'
import { WhatsAppAPI } from 'whatsapp-api-js/middleware/express'
import { insertMessage, tellPort } from './store.ts'

const whatsapp = new WhatsAppAPI({
  token: 'bench',
  appSecret: process.env.BENCH_APP_SECRET ?? '',
  v: 'v25.0',
})

whatsapp.on.message = ({ phoneID, message }) => insertMessage(phoneID, message)

const app = express()

app.post('/webhooks/meta', express.text({ type: '*/*', limit: '3mb' }), async (request, response) => {
  response.sendStatus(await whatsapp.handle_post(request))
})

const server = app.listen(0, '127.0.0.1', () => tellPort(server))
