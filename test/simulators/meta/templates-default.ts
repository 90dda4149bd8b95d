// The message templates every cast business has: one for each thing that sending can get wrong.
// Called by cast.ts. Source: Meta’s documentation.

import type { TemplateSetup } from './options.ts'

const helloWorld: TemplateSetup = {
  name: 'hello_world',
  language: 'en_US',
  category: 'UTILITY',
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Hello World' },
    {
      type: 'BODY',
      text: 'Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp message.',
    },
    { type: 'FOOTER', text: 'WhatsApp Business Platform sample message' },
  ],
}

const shipmentLate: TemplateSetup = {
  name: 'shipment_late',
  language: 'es_ES',
  category: 'UTILITY',
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Pedido {{1}} en camino', example: { header_text: ['A-77'] } },
    {
      type: 'BODY',
      text: 'Hola {{1}}, su pedido llega el {{2}}. Disculpe la espera.',
      example: { body_text: [['Ana', 'martes']] },
    },
    { type: 'FOOTER', text: 'Responda a este mensaje si necesita ayuda' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'URL', text: 'Ver el envío', url: 'https://envios.example/{{1}}' },
        { type: 'QUICK_REPLY', text: 'Gracias' },
        { type: 'QUICK_REPLY', text: 'Baja' },
      ],
    },
  ],
}

const orderReady: TemplateSetup = {
  name: 'order_ready',
  language: 'en_US',
  category: 'UTILITY',
  parameter_format: 'NAMED',
  components: [
    {
      type: 'BODY',
      text: 'Dear {{customer}}, order {{order}} can be collected today.',
      example: {
        body_text_named_params: [
          { param_name: 'customer', example: 'Ravi' },
          { param_name: 'order', example: 'B-12' },
        ],
      },
    },
  ],
}

const loginCode: TemplateSetup = {
  name: 'login_code',
  language: 'en_US',
  category: 'AUTHENTICATION',
  components: [
    { type: 'BODY', text: '*{{1}}* is your verification code. For your security, do not share this code.' },
    { type: 'FOOTER', text: 'This code expires in 10 minutes.' },
    {
      type: 'BUTTONS',
      buttons: [
        {
          type: 'URL',
          text: 'Copy code',
          url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}',
          otp_type: 'COPY_CODE',
        },
      ],
    },
  ],
}

const promoNovember: TemplateSetup = {
  name: 'promo_nov',
  language: 'en_US',
  category: 'MARKETING',
  components: [
    { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW1hZ2U='] } },
    {
      type: 'BODY',
      text: 'November offer for {{1}}: two for one until Sunday.',
      example: { body_text: [['Ravi']] },
    },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Stop promotions' },
        { type: 'COPY_CODE', text: 'Copy code' },
      ],
    },
  ],
}

const promoPaused: TemplateSetup = {
  name: 'promo_paused',
  language: 'en_US',
  category: 'MARKETING',
  status: 'PAUSED',
  components: [{ type: 'BODY', text: 'An offer that too many people reported.' }],
}

export const defaultTemplates: TemplateSetup[] = [
  helloWorld,
  shipmentLate,
  orderReady,
  loginCode,
  promoNovember,
  promoPaused,
]
