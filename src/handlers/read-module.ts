/** What the user's module exports: handlers and observers, each under the name of its export. */
import type { EventHandler, EventObserver } from './event-handler.ts'

export type UserModule = {
  handlers: Map<string, EventHandler>
  observers: Map<string, EventObserver>
}

const HANDLER_COUNT_MAX = 64
const NAME_LENGTH_MAX = 100
const handlerMethods = ['canHandle', 'handle'] as const
const observerMethods = ['onEventReceived', 'onEventProcessed', 'onError'] as const

/**
 * Exports that have none of the methods are the module's own business; one that has some but not all is a mistake.
 * @throws Error naming the export at fault
 */
export function readModule(exports: Record<string, unknown>): UserModule {
  const module: UserModule = { handlers: new Map(), observers: new Map() }
  for (const [name, value] of Object.entries(exports)) {
    const isHandler = hasAll(name, value, handlerMethods)
    const isObserver = hasAll(name, value, observerMethods)
    if (!isHandler && !isObserver) continue
    if (name === 'default') {
      throw new Error(
        'the default export has no name of its own: export it by the name its work shall be kept under',
      )
    }
    if (name.length > NAME_LENGTH_MAX || !/^[A-Za-z0-9_$]+$/.test(name)) {
      throw new Error(
        `export ${name}: a name is at most ${NAME_LENGTH_MAX} of the characters A-Z a-z 0-9 _ $`,
      )
    }
    if (isHandler) module.handlers.set(name, value as EventHandler)
    if (isObserver) module.observers.set(name, value as EventObserver)
  }
  if (module.handlers.size + module.observers.size === 0) {
    throw new Error(
      `it exports no handler (${handlerMethods.join(', ')}) and no observer (${observerMethods.join(', ')})`,
    )
  }
  if (module.handlers.size > HANDLER_COUNT_MAX) {
    throw new Error(`it exports ${module.handlers.size} handlers, at most ${HANDLER_COUNT_MAX}`)
  }
  return module
}

function hasAll(name: string, value: unknown, methods: readonly string[]): boolean {
  if (typeof value === 'function' && methods.some((method) => method in Object(value.prototype))) {
    throw new Error(`export ${name} is a class: export an instance of it`)
  }
  if (typeof value !== 'object' || value === null) return false
  const object = value as Record<string, unknown>
  const missing = methods.filter((method) => typeof object[method] !== 'function')
  if (missing.length === 0) return true
  if (missing.length === methods.length) return false
  throw new Error(`export ${name} lacks the method ${missing.join(' and ')}`)
}
