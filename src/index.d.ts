/** The types of `index.ts`; a test holds them equal. */
import type { CircuitBreaker, CircuitBreakerOptions } from './domain/circuit-breaker.ts'
import type { EventRepository } from './domain/event-repository.ts'
import type { WebhookPerformance } from './handlers/event-handler.ts'

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

/** Opens an observer that keeps the figures; it can be fed by hand as well. */
export declare function openWebhookPerformance(): WebhookPerformance

/**
 * Opens the inbox of an installation as a repository. What is inserted is applied by its workers, within a second.
 * @throws Error when no Payonce has been started on that database yet
 */
export declare function openEventRepository(
  databaseUrl: string,
): Promise<EventRepository & AsyncDisposable>

/** A circuit breaker as the calls to providers have one, for external calls of your own. */
export declare function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker
