/**
 * Observers: told of events as they go by. Ours run here and are trusted; the user's run in a process of their own,
 * behind a bounded buffer: when it is full, observations are dropped and counted, and the core never waits.
 */
import type { EventObserver, ObservedError, ObservedEvent } from './event-handler.ts'
import type { FromModule, Observation } from './messages.ts'
import { openModuleHost } from './module-host.ts'

/** What the core calls: nothing to await, nothing thrown. */
export type Observers = {
  onEventReceived(event: ObservedEvent): void
  onEventProcessed(event: ObservedEvent): void
  onError(error: ObservedError): void
}

/** Tells each of ours in turn; what one throws, or a promise of it rejects with, goes to `onFailed`. */
export function combineObservers(
  observers: EventObserver[],
  onFailed: (error: unknown) => void,
): Observers {
  const each = (tell: (observer: EventObserver) => void | Promise<void>) => {
    for (const observer of observers) {
      try {
        Promise.resolve(tell(observer)).catch(onFailed)
      } catch (error) {
        onFailed(error)
      }
    }
  }
  return {
    onEventReceived: (event) => each((observer) => observer.onEventReceived(event)),
    onEventProcessed: (event) => each((observer) => observer.onEventProcessed(event)),
    onError: (error) => each((observer) => observer.onError(error)),
  }
}

export type ObserverFeed = { observer: EventObserver; close(): Promise<void> }

export type ObserverFeedOptions = {
  path: string
  onDropped: (count: number) => void
  onDelivered: (count: number) => void
  onFailed: (failure: { observer: string; message: string }) => void
  onTrouble: (message: string) => void
  countMax?: number
  stallMsMax?: number
}

/** Observations that are on their way or wait for it. */
const OBSERVATION_COUNT_MAX = 1_000
/** A process that acknowledges nothing for this long is ended; what it was told is lost. */
const STALL_MS_MAX = 30_000
const CLOSE_MS_MAX = 1_000

/** Feeds the observers of the user's module. */
export function openObserverFeed(options: ObserverFeedOptions): ObserverFeed {
  const countMax = options.countMax ?? OBSERVATION_COUNT_MAX
  let waiting: Observation[] = []
  let sentCount = 0
  let scheduled = false
  let closing = false
  let stall: NodeJS.Timeout | undefined
  let whenQuiet = () => {}

  const watch = () => {
    clearTimeout(stall)
    if (sentCount === 0) return
    const giveUp = () => {
      options.onTrouble('observers do not answer; their process is ended')
      host.kill()
    }
    stall = setTimeout(giveUp, options.stallMsMax ?? STALL_MS_MAX).unref()
  }
  const onMessage = (message: FromModule) => {
    if (message.kind === 'stray_error') {
      options.onTrouble(`a promise nobody waits for: ${message.message}`)
    }
    if (message.kind !== 'observed') return
    sentCount -= message.count
    options.onDelivered(message.count)
    for (const failure of message.errors) options.onFailed(failure)
    watch()
    if (sentCount === 0) whenQuiet()
  }
  const host = openModuleHost({
    path: options.path,
    onMessage,
    onEnded: (how) => {
      if (!closing) options.onTrouble(`the process of the observers ${how}`)
      if (sentCount > 0) options.onDropped(sentCount)
      sentCount = 0
      watch()
      whenQuiet()
    },
    onNotStarted: (error) => options.onTrouble(error instanceof Error ? error.message : `${error}`),
  })
  const send = async () => {
    scheduled = false
    const isReady = await host.ready()
    const observations = waiting
    waiting = []
    if (observations.length === 0) return
    if (!isReady) return options.onDropped(observations.length)
    sentCount += observations.length
    host.send({ kind: 'observe', observations })
    watch()
  }
  const add = (observation: Observation) => {
    if (waiting.length + sentCount >= countMax) return options.onDropped(1)
    waiting.push(observation)
    if (scheduled) return
    scheduled = true
    // One message for everything that happens in this turn of the event loop.
    setImmediate(() => void send())
  }
  return {
    observer: {
      onEventReceived: (event) => add({ told: 'onEventReceived', event }),
      onEventProcessed: (event) => add({ told: 'onEventProcessed', event }),
      onError: ({ code, message, event }) => add({ told: 'onError', code, message, event }),
    },
    close: async () => {
      await send()
      if (sentCount > 0) {
        const quiet = Promise.withResolvers<void>()
        whenQuiet = quiet.resolve
        const timer = setTimeout(quiet.resolve, CLOSE_MS_MAX)
        await quiet.promise
        clearTimeout(timer)
      }
      clearTimeout(stall)
      closing = true
      await host.close()
    },
  }
}
