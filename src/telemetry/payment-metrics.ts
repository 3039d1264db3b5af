import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { type CircuitState, circuitStates } from '../domain/circuit-breaker.ts'

export type PaymentMetrics = {
  /** The first answer to a request that creates or confirms, by the payment's status in it. */
  paymentRequest(status: string, seconds: number): void
  /** A stored final answer was given once more. */
  idempotencyReplay(from: 'cache' | 'database'): void
  stripeError(type: string): void
  /** An attempt got an outcome, or is not answered yet. */
  paymentAttempt(step: string, status: string): void
  /** The circuit breaker before a provider, at its start and whenever it changes. */
  providerCircuit(provider: string, state: CircuitState): void
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

export function createPaymentMetrics(registry: Registry): PaymentMetrics {
  const registers = [registry]
  const requests = new Counter({
    name: 'payment_requests_total',
    help: 'Requests that create or confirm a payment, by its status in the first answer.',
    labelNames: ['status'],
    registers,
  })
  const duration = new Histogram({
    name: 'payment_processing_duration_seconds',
    help: 'From the request to its first answer, the call to the provider included.',
    buckets: SECONDS,
    registers,
  })
  const hits = new Counter({
    name: 'idempotency_cache_hits_total',
    help: 'Requests answered with the answer of an earlier one from the cache, the database not asked.',
    registers,
  })
  const replays = new Counter({
    name: 'idempotency_replays_total',
    help: 'Requests answered with the answer of an earlier one, from the cache or the database.',
    registers,
  })
  const errors = new Counter({
    name: 'stripe_api_errors_total',
    help: "Calls to Stripe that failed, by the kind of failure; declines are Stripe's card errors.",
    labelNames: ['type'],
    registers,
  })
  const attempts = new Counter({
    name: 'payment_attempts_total',
    help: 'Outcomes of requests to providers by step; unknown ones are found out later.',
    labelNames: ['step', 'status'],
    registers,
  })
  const circuit = new Gauge({
    name: 'provider_circuit_state',
    help: 'The circuit breaker before a provider: 1 for the state it is in, 0 for the others.',
    labelNames: ['provider', 'state'],
    registers,
  })
  return {
    paymentRequest: (status, seconds) => {
      requests.inc({ status })
      duration.observe(seconds)
    },
    idempotencyReplay: (from) => {
      replays.inc()
      if (from === 'cache') hits.inc()
    },
    stripeError: (type) => errors.inc({ type }),
    paymentAttempt: (step, status) => attempts.inc({ step, status }),
    providerCircuit: (provider, state) => {
      for (const one of circuitStates) circuit.set({ provider, state: one }, one === state ? 1 : 0)
    },
  }
}
