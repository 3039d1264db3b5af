/**
 * The entry of the process that runs a user's module. It answers calls one by one as they come and knows nothing of
 * retries or time: whoever started it watches the clock, and ends it when it must.
 */
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { buildEvent } from './build-event.ts'
import { describeFailure, placeOf, stackOf } from './describe-failure.ts'
import { type EventHandler, ObservedError, type ProviderEvent } from './event-handler.ts'
import { findSyntaxError } from './find-syntax-error.ts'
import type { CallResult, FromModule, Observation, ToModule } from './messages.ts'
import { readModule, type UserModule } from './read-module.ts'

const OBSERVER_MS_MAX = 5_000

const tell = (message: FromModule) => process.send?.(message)

process.on('disconnect', () => process.exit())
// Sent to the whole group by a terminal or a service manager: Payonce drains, and ends this process after its calls.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
new Worker(new URL('./watch-parent.ts', import.meta.url), {
  workerData: Number(process.argv[3]),
}).unref()
// A promise nobody waits for belongs to no call; the handler that forgot it may well go on.
process.on('unhandledRejection', (reason) =>
  tell({ kind: 'stray_error', message: describeFailure(reason) }),
)

await start(process.argv[2] ?? '')

async function start(path: string): Promise<void> {
  let module: UserModule
  try {
    module = readModule(await import(pathToFileURL(path).href))
  } catch (error) {
    tell({ kind: 'not_loaded', cause: causeOf(error, path) })
    return
  }
  process.on('message', (message: ToModule) => {
    if (message.kind === 'ping') return void tell({ kind: 'pong' })
    if (message.kind === 'observe') return void observe(module, message.observations)
    const { number, handler, event } = message
    void call(module.handlers.get(handler), event).then((result) =>
      tell({ kind: 'called', number, result }),
    )
  })
  tell({
    kind: 'loaded',
    handlers: [...module.handlers.keys()],
    observers: [...module.observers.keys()],
  })
}

function causeOf(error: unknown, path: string): string {
  const told = describeFailure(error)
  if (!(error instanceof SyntaxError) || placeOf(error) !== undefined) return told
  const place = findSyntaxError(path)
  return place === undefined ? `${told} (in a file it imports)` : `${told} (${place})`
}

async function call(
  handler: EventHandler | undefined,
  message: Extract<ToModule, { kind: 'call' }>['event'],
): Promise<CallResult> {
  let event: ProviderEvent
  try {
    event = buildEvent(message)
  } catch (error) {
    return { outcome: 'failed', code: 'event_unreadable', detail: describeFailure(error) }
  }
  try {
    if (handler === undefined) throw new Error('the module no longer exports this handler')
    if (!handler.canHandle(event)) return { outcome: 'declined' }
    await handler.handle(event)
    return { outcome: 'handled' }
  } catch (error) {
    const stack = stackOf(error)
    return {
      outcome: 'failed',
      code: 'handler_failed',
      detail: describeFailure(error),
      ...(stack !== undefined && { stack }),
    }
  }
}

async function observe({ observers }: UserModule, observations: Observation[]): Promise<void> {
  const errors: { observer: string; message: string }[] = []
  const told = observations.flatMap((observation) =>
    [...observers].map(async ([name, observer]) => {
      try {
        await within(OBSERVER_MS_MAX, tellObserver(observer, observation))
      } catch (error) {
        errors.push({ observer: name, message: describeFailure(error) })
      }
    }),
  )
  await Promise.all(told)
  tell({ kind: 'observed', count: observations.length, errors })
}

/** Asynchronous, so that a synchronous throw is a rejection like any other. */
async function tellObserver(
  observer: Parameters<UserModule['observers']['set']>[1],
  observation: Observation,
): Promise<void> {
  if (observation.told === 'onError') {
    const { code, message, event } = observation
    await observer.onError(new ObservedError(code, message, event && Object.freeze(event)))
  } else await observer[observation.told](Object.freeze(observation.event))
}

async function within(msMax: number, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${msMax} ms`)), msMax)
  await Promise.race([work, promise]).finally(() => clearTimeout(timer))
}
