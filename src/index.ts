/**
 * What programs of the user's own import. Its types are in `index.d.ts`, which leads to files without imports only: a
 * program that uses the interfaces need not compile this project under its own settings.
 */
export type {
  CircuitBreaker,
  CircuitBreakerOptions,
  CircuitState,
} from './domain/circuit-breaker.ts'
export type { EventRepository, StripeEvent } from './domain/event-repository.ts'
export type {
  EventHandler,
  EventObserver,
  JsonObject,
  JsonValue,
  ObservedError,
  ObservedEvent,
  ObservedStatus,
  ProviderEvent,
  WebhookMetrics,
  WebhookPerformance,
} from './handlers/event-handler.ts'
export { openWebhookPerformance } from './handlers/webhook-performance.ts'
export { openEventRepository } from './inbox/open-event-repository.ts'
export { createCircuitBreaker } from './providers/circuit-breaker.ts'
