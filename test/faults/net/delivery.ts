import type { EventBody } from '../../support/inbox.ts'

/** One event on its way, in the bytes that are signed. */
export type Delivery = { event: EventBody; body: string }

export const deliveryOf = (event: EventBody): Delivery => ({ event, body: JSON.stringify(event) })
