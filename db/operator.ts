// Who operates this gateway: the one record that the site's footer, the policy, every reply and every receipt read.

export type Operator = {
  name: string
  service: string
  country: string
  /** Privacy questions and requests. */
  contact: string
  /** Complaints about how a request was handled (DPDP Act s. 13: published, and in every reply). */
  grievance: string
  /** Who reviewed the public texts, and when (ISO date); null while they wait for it. */
  legalReview: { by: string; on: string } | null
}

export const operator: Operator = {
  name: 'Softivum',
  service: 'Softivum Connect',
  country: 'India',
  contact: 'contact@softivum.com',
  grievance: 'contact@softivum.com',
  legalReview: null,
}
