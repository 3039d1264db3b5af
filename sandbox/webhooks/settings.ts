/** How deliveries misbehave. */
export type WebhookSettings = {
  /** the share of events that are sent twice */
  readonly duplicate: number
  /** the share of events that are never sent; `GET /v1/events` still has them */
  readonly drop: number
  /** least and most wait before an event is sent */
  readonly delayMs: readonly [number, number]
  /** whether events of the same moment come in an order of chance */
  readonly shuffle: boolean
}

export const faithful: WebhookSettings = { duplicate: 0, drop: 0, delayMs: [0, 0], shuffle: false }

export type WebhookCounts = {
  sent: number
  acknowledged: number
  failed: number
  duplicated: number
  dropped: number
  givenUp: number
}
