// What the privacy policy consists of, in this order. The words of a section are in site/content/legal/privacy/, in the
// file that is called so; number and title are put in front by compile.ts.

export const sections: readonly { file: string; title: string }[] = [
  { file: '01-identity', title: 'Who we are, and how to reach us' },
  { file: '02-provided', title: 'What people give us' },
  { file: '03-whatsapp', title: 'What comes through WhatsApp' },
  { file: '04-usage', title: 'Devices and usage' },
  { file: '05-cookies', title: 'Cookies and analytics' },
  { file: '06-why', title: 'Why we process it' },
  { file: '07-storage', title: 'How it is stored' },
  { file: '08-providers', title: 'Service providers' },
  { file: '09-sharing', title: 'With whom it is shared' },
  { file: '10-retention', title: 'How long it is kept' },
  { file: '11-security', title: 'Security' },
  { file: '12-international', title: 'Other countries' },
  { file: '13-rights', title: 'Your rights' },
  { file: '14-deletion', title: 'Deleting an account or your data' },
  { file: '15-contact', title: 'How to write to us about privacy' },
  { file: '16-updates', title: 'Changes to this policy' },
]
