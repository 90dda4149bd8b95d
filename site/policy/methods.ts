// Every way to have data deleted that works today. Section 14 of the policy is made of it.

export const methods: readonly { title: string; how: string }[] = [
  {
    title: 'By WhatsApp',
    how: 'For people who talked to a business. [The page](/data-deletion/whatsapp) gives you a one-time code and opens WhatsApp with a message to that business; that it comes from your own WhatsApp is the proof. Writing only “delete my data” to the business works too.',
  },
  {
    title: 'By a code in an e-mail',
    how: 'For members of a workspace, and for people who wrote to us. [The page](/data-deletion/mail) sends six digits to your address; whoever can read them there may ask.',
  },
  {
    title: 'Through the business',
    how: 'The business can delete you itself through our API, at any time, without asking us.',
  },
  {
    title: 'A whole workspace',
    how: 'An owner deletes it through our API with a key of their own. If there is another owner, one of them has to agree. A week to change one’s mind, then it begins.',
  },
  {
    title: 'In Facebook’s settings',
    how: 'Remove our app under “Apps and websites” and ask for the deletion there: Meta tells us, and shows you our code.',
  },
  {
    title: 'By writing to us',
    how: 'At the address in section 1. We answer with what is needed to prove that it is about you.',
  },
]
