/** What Payonce and the process of a user's module say to each other. */
import type { ObservedEvent } from './event-handler.ts'

/** An event on its way to a handler: its body is parsed over there, so that a large one costs nothing here. */
export type EventMessage = {
  id: string
  providerEventId: string
  provider: string
  providerAccountId: string
  type: string
  apiVersion: string | null
  merchantId: string
  livemode: boolean
  createdAt: string
  receivedAt: string
  status: 'applied' | 'ignored'
  paymentId: string | null
  requestId: string
  correlationId: string
  traceparent: string | null
  attempt: number
  body: string
}

export type Observation =
  | { told: 'onEventReceived' | 'onEventProcessed'; event: ObservedEvent }
  | { told: 'onError'; code: string; message: string; event: ObservedEvent | null }

export type ToModule =
  | { kind: 'call'; number: number; handler: string; event: EventMessage }
  | { kind: 'observe'; observations: Observation[] }
  /** is the event loop alive? */
  | { kind: 'ping' }

export type FromModule =
  | { kind: 'loaded'; handlers: string[]; observers: string[] }
  | { kind: 'not_loaded'; cause: string }
  | { kind: 'called'; number: number; result: CallResult }
  | { kind: 'observed'; count: number; errors: { observer: string; message: string }[] }
  | { kind: 'stray_error'; message: string }
  | { kind: 'pong' }

/** `declined`: `canHandle` said no. */
export type CallResult =
  | { outcome: 'handled' | 'declined' }
  | {
      outcome: 'failed'
      code: 'handler_failed' | 'event_unreadable'
      detail: string
      /** for the log */
      stack?: string
    }
