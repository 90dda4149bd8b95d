// What a message costs, as statuses tell it. Called by the send walk. Source: Meta’s documentation.

import type { PhoneNumber } from '../state.ts'
import type { World } from '../world.ts'

/** Free-form messages are free up to a thousand per number and month; reactions always. */
export function priceOf(
  world: World,
  number: PhoneNumber,
  category: string | null,
  type: string,
  group: boolean,
): { category: string; type: string } {
  if (category !== null)
    return { category: group ? `group_${category.toLowerCase()}` : category.toLowerCase(), type: 'regular' }
  const service = group ? 'group_service' : 'service'
  const free = group ? 'free_group_customer_service' : 'free_customer_service'
  if (type === 'reaction') return { category: service, type: free }
  const month = new Date(world.now()).toISOString().slice(0, 7)
  if (number.serviceMonth !== month) {
    number.serviceMonth = month
    number.serviceCount = 0
  }
  number.serviceCount += 1
  return {
    category: service,
    type: number.serviceCount > world.settings.freeServicePerMonth ? 'regular' : free,
  }
}
