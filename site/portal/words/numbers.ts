// Every sentence about numbers as they are kept up: the list, how they stand at Meta, usage, profile.

import { number } from '../format.ts'

export const numbers = {
  title: 'Numbers',
  lead: 'The phone numbers that your customers know, and how each stands with Meta.',
  connect: 'Connect a number',
  name: 'Name',
  phone: 'Number',
  since: 'Connected',
  state: 'State',
  emptyTitle: 'No number yet',
  emptyText: 'Connect a WhatsApp number, and conversations appear in the inbox.',
} as const

export const standing = {
  title: 'How it stands at Meta',
  quality: 'Quality',
  tier: 'People a day you may write to first',
  throughput: 'Speed',
  name: 'Display name',
  status: 'Status',
  qualities: { GREEN: 'Good', YELLOW: 'Medium', RED: 'Low', UNKNOWN: 'Not rated yet' } as Record<
    string,
    string
  >,
  tiers: {
    TIER_50: '50',
    TIER_250: '250',
    TIER_1K: '1,000',
    TIER_2K: '2,000',
    TIER_10K: '10,000',
    TIER_100K: '100,000',
    TIER_UNLIMITED: 'No limit',
  } as Record<string, string>,
  speeds: { STANDARD: '80 messages a second', HIGH: '1,000 messages a second' } as Record<string, string>,
  shared: '20 messages a second: the number is also used in the WhatsApp Business app',
  unknown: 'Meta did not say',
} as const

export const usage = {
  title: 'Use',
  in: 'Received, by day',
  out: 'Sent, by day',
  totals: (received: number, sent: number, failed: number) =>
    `In the last thirty days ${number(received)} received, ${number(sent)} sent, ${number(failed)} of them failed.`,
  meter: 'Free service messages of this month',
  metered: (used: number, free: number) => `${number(used)} of ${number(free)} used`,
  meterText:
    'Meta charges for answers beyond these, and delivers none beyond them without a payment method. Counted from what was delivered, in UTC.',
  events: 'Events from Meta, by day',
  none: 'No event has come yet.',
  unhandled: (dead: number) =>
    dead === 0 ? 'Every event was handled.' : `${number(dead)} events could not be handled.`,
} as const

export const profile = {
  title: 'What people see in WhatsApp',
  picture: 'Picture',
  pictureHint:
    'A new one in the place of what is there: JPEG or PNG, square, at most 5 MB. Meta has it at once.',
  pictureSaved: 'The new picture is at Meta.',
  about: 'Info',
  aboutHint: 'A line below the name, 139 characters.',
  description: 'Description',
  address: 'Address',
  email: 'E-mail',
  website: 'Website',
  website2: 'Second website',
  vertical: 'Kind of business',
  verticals: {
    OTHER: 'Other',
    AUTO: 'Cars',
    BEAUTY: 'Beauty',
    APPAREL: 'Clothes',
    EDU: 'Education',
    ENTERTAIN: 'Entertainment',
    EVENT_PLAN: 'Events',
    FINANCE: 'Finance',
    GROCERY: 'Groceries',
    GOVT: 'Public service',
    HOTEL: 'Hotel',
    HEALTH: 'Health',
    NONPROFIT: 'Charity',
    PROF_SERVICES: 'Professional services',
    RETAIL: 'Shop',
    TRAVEL: 'Travel',
    RESTAURANT: 'Restaurant',
    NOT_A_BIZ: 'No business',
  } as Record<string, string>,
  save: 'Save',
  saved: 'Meta has it. People see it within some minutes.',
  choose: 'Choose',
} as const
