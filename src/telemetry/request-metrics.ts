import { Histogram, type Registry } from 'prom-client'

export type RequestMetrics = {
  /** `route` is the pattern (`/payments/:id`), never the path: each value is a series of its own. */
  httpRequest(request: { method: string; route: string; status: number }, seconds: number): void
  /** `statement` is the statement's name. */
  dbQuery(statement: string, seconds: number): void
}

const REQUEST_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12]
const QUERY_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5]

export function createRequestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry]
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  })
  const queries = new Histogram({
    name: 'db_query_duration_seconds',
    help: 'Time of a database statement, the wait for a connection not included.',
    labelNames: ['statement'],
    buckets: QUERY_SECONDS,
    registers,
  })
  return {
    httpRequest: (request, seconds) => requests.observe(request, seconds),
    dbQuery: (statement, seconds) => queries.observe({ statement }, seconds),
  }
}
