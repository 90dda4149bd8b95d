// The configuration every test runs with. All values are invented.

export const testBindings = {
  META_APP_ID: '401700800900100',
  META_APP_SECRETS: 'test_app_secret',
  META_VERIFY_TOKEN: 'test-verify-token',
  META_CONFIG_ID: '701800900100200',
  ROOT_KEYS: 'k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
  OPERATOR_KEY: 'test-operator-key-0001',
  GRAPH_ORIGIN: 'https://graph.test',
  PUBLIC_ORIGIN: 'https://gateway.test',
  RECEIPT_KEYS: 'r1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
  MAIL_FROM: 'Softivum Connect <no-reply@gateway.test>',
}
