import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type * as declared from '../index.d.ts'
import * as published from '../index.ts'
import { describeFailure, placeOf } from './describe-failure.ts'
import type { EventObserver, ObservedEvent } from './event-handler.ts'
import { loadModule } from './load-module.ts'
import { combineObservers, openObserverFeed } from './observe.ts'
import { readModule } from './read-module.ts'
import { nextDelaySeconds } from './settle-run.ts'

const nothing = () => {}
const handler = { canHandle: () => true, handle: async () => {} }
const observer = { onEventReceived: nothing, onEventProcessed: nothing, onError: nothing }
const event: ObservedEvent = {
  id: 'pev_1',
  providerEventId: 'evt_1',
  provider: 'stripe',
  type: 'payment_intent.succeeded',
  status: 'received',
  paymentId: null,
  requestId: 'req_1',
  correlationId: 'cor_1',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  durationMs: 4,
}
const failed = new (class extends Error {
  override readonly name = 'ObservedError'
  readonly code = 'signature_mismatch'
  readonly event = null
})('no')

test('handlers and observers are what has their methods, under the names of their exports', () => {
  class WithMethods {
    canHandle() {
      return true
    }
    async handle() {}
  }
  const both = { ...handler, ...observer }
  const read = readModule({ a: handler, b: new WithMethods(), c: observer, d: both, limit: 5 })
  assert.deepEqual([...read.handlers.keys()], ['a', 'b', 'd'])
  assert.deepEqual([...read.observers.keys()], ['c', 'd'])
  for (const [exports, fault] of [
    [{}, /exports no handler .* and no observer/],
    [{ a: { canHandle: nothing } }, /export a lacks the method handle/],
    [{ a: { onError: nothing } }, /export a lacks the method onEventReceived and onEventProcessed/],
    [{ A: WithMethods }, /export A is a class/],
    [{ default: handler }, /default export has no name/],
    [{ 'a b': handler }, /export a b: a name is at most/],
    [Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`h${n}`, handler])), /at most 64/],
  ] as const) {
    assert.throws(() => readModule(exports), fault)
  }
})

test('what is declared for users is what there is', () => {
  const asDeclared: typeof declared = published
  assert.deepEqual(Object.keys(asDeclared), [
    'createCircuitBreaker',
    'openEventRepository',
    'openWebhookPerformance',
  ])
  // And the other way round; the compiler is the judge.
  const there: typeof published = asDeclared
  assert.equal(there, published)
})

test('whatever was thrown can be told and stored', () => {
  const hostile = {
    toJSON() {
      throw new Error('never')
    },
  }
  const told = [
    Object.assign(new TypeError('x'), { stack: undefined }),
    'text\u0000',
    undefined,
    { a: 1 },
    hostile,
    'y'.repeat(5000),
  ]
  const [error, text, none, object, worst, long] = told.map(describeFailure)
  assert.deepEqual(
    [error, text, none, object, worst, long?.length],
    ['TypeError: x', 'text\ufffd', 'undefined', '{"a":1}', 'a object that cannot be shown', 1000],
  )
})

test('what was thrown is told with the file and line of the code that is the user’s', () => {
  const at = (...frames: string[]) =>
    placeOf(Object.assign(new Error('x'), { stack: ['Error: x', ...frames].join('\n') }))
  const inPackage = '    at send (/srv/shop/node_modules/mail/index.js:9:1)'
  const inNode = '    at async node:internal/process/task_queues:105:5'
  const own = `    at call (${new URL('./module-process.ts', import.meta.url).href}:60:11)`
  const users = '    at async Object.handle (file:///srv/shop/my%20handlers.ts:12:3)'
  assert.equal(at(inNode, inPackage, users, own), '/srv/shop/my handlers.ts:12:3')
  assert.equal(at(inPackage, own), '/srv/shop/node_modules/mail/index.js:9:1')
  assert.equal(at(inNode, own), undefined)
  assert.equal(at('    at file:///%zz.ts:1:2'), 'file:///%zz.ts:1:2')
  const near = `    at handle (${process.cwd()}/handlers.ts:1:2)`
  assert.equal(at(near), 'handlers.ts:1:2')
  assert.equal(placeOf('text'), undefined)
  const hostile = Object.defineProperty(new Error('x'), 'stack', {
    get: () => {
      throw new Error('never')
    },
  })
  assert.equal(describeFailure(hostile), 'Error: x')
})

test('a failed call is repeated at once, then after 2^n seconds with jitter, five times', () => {
  const policy = {
    countMax: 5,
    immediateCount: 1,
    baseSeconds: 2,
    delaySecondsMax: 3600,
    jitterRatio: 0.2,
  }
  const delays = [1, 2, 3, 4, 5, 6, 7].map((count) => nextDelaySeconds(count, policy, 0.5))
  assert.deepEqual(delays, [0, 2, 4, 8, 16, 32, undefined])
  assert.equal(nextDelaySeconds(2, policy, 0), 1.6)
})

test('an observer that throws or rejects keeps nobody from being told', async () => {
  const failures: unknown[] = []
  const performance = published.openWebhookPerformance()
  const throws: EventObserver = {
    ...observer,
    onEventReceived: () => {
      throw new Error('at once')
    },
    onEventProcessed: () => Promise.reject(new Error('later')),
  }
  const observers = combineObservers([throws, performance.observer], (one) => failures.push(one))
  observers.onEventReceived(event)
  observers.onEventReceived({ ...event, durationMs: 6 })
  observers.onEventProcessed({ ...event, durationMs: 30 })
  observers.onError(failed)
  await new Promise(setImmediate)
  assert.equal(failures.length, 3)
  assert.deepEqual(performance.read(), {
    eventCount: 2,
    processingTime: 30,
    errorRate: 0.5,
    successRate: 0.5,
    responseTime: 5,
  })
  assert.deepEqual(published.openWebhookPerformance().read(), {
    eventCount: 0,
    processingTime: 0,
    errorRate: 0,
    successRate: 1,
    responseTime: 0,
  })
})

function withModule(source: string, name = 'module.ts') {
  const folder = mkdtempSync(join(tmpdir(), 'payonce-module-'))
  const path = join(folder, name)
  writeFileSync(path, source)
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

test('a module that cannot be loaded is one error that names it and its cause', async () => {
  const name =
    "const name: string = 'x'; export const a = { canHandle: () => name === 'x', handle: async () => {} }"
  using good = withModule(name)
  assert.deepEqual(await loadModule(good.path), { handlers: ['a'], observers: [] })
  for (const [source, cause] of [
    [`throw 'text'`, /: text$/],
    [`import './missing.ts'`, /ERR_MODULE_NOT_FOUND|Cannot find module/],
    ['export const a = {', /SyntaxError: .+ \(\S+module\.ts:1\)$/],
    [`\nthrow new Error('top')`, /Error: top \(\S+module\.ts:2:7\)$/],
    ['export const a = 1', /exports no handler/],
    ['process.exit(3)', /its process ended with code 3/],
    ['await new Promise((r) => setTimeout(r, 1e9))', /not loaded within 1000 ms/],
    ['for (;;);', /not loaded within 1000 ms/],
  ] as const) {
    using module = withModule(source)
    // Only who never answers is waited for so shortly: a busy machine loads slowly.
    const loadMsMax = String(cause).includes('1000 ms') ? 1000 : undefined
    await assert.rejects(loadModule(module.path, loadMsMax), (error: Error) => {
      assert.match(error.message, /^PAYONCE_HANDLERS: \S+module\.ts cannot be used: /)
      assert.match(error.message, cause)
      return true
    })
  }
  using plain = withModule('export const ok = 1\nexport const a = ;', 'module.mjs')
  await assert.rejects(loadModule(plain.path), /SyntaxError: .+ \(\S+module\.mjs:2\)$/)
  using importing = withModule(`import ${JSON.stringify(plain.path)}`)
  await assert.rejects(loadModule(importing.path), /SyntaxError: .+ \(in a file it imports\)$/)
  await assert.rejects(loadModule('/nonexistent/handlers.ts'), /\/nonexistent\/handlers\.ts cannot/)
})

function openFeed(path: string, bounds: { countMax?: number; stallMsMax?: number } = {}) {
  const told = { delivered: 0, dropped: 0, failed: [] as string[], trouble: [] as string[] }
  const changed = Promise.withResolvers<void>()
  const feed = openObserverFeed({
    path,
    ...bounds,
    onDelivered: (count) => {
      told.delivered += count
    },
    onDropped: (count) => {
      told.dropped += count
    },
    onFailed: ({ observer: name, message }) => told.failed.push(`${name} ${message}`),
    onTrouble: (message) => {
      told.trouble.push(message)
      changed.resolve()
    },
  })
  return { ...feed, told, troubled: changed.promise }
}

test("the user's observers are told all they can be, and their errors are counted", async () => {
  using module = withModule(`
    let received = 0
    export const watch = { onEventReceived(event) { received++; event.type = 'x' },
      onEventProcessed: async () => { throw new Error('received ' + received) },
      onError: (error) => { throw new Error(error.code + ' ' + error.message + ' ' + error.event) } }`)
  const { observer: feed, told, close } = openFeed(module.path)
  await feed.onEventReceived(event)
  await feed.onEventProcessed(event)
  await feed.onError(failed)
  await close()
  assert.equal(told.delivered, 3)
  assert.equal(told.dropped, 0)
  assert.match(told.failed.join(), /Cannot assign to read only property 'type'/)
  assert.match(told.failed.join(), /received 1/)
  assert.match(told.failed.join(), /signature_mismatch no null/)
})

test('observers that block get no more than the buffer holds, and are ended', async () => {
  using module = withModule(`
    export const blind = { onEventReceived() { for (;;); }, onEventProcessed() {}, onError() {} }`)
  const {
    observer: feed,
    told,
    troubled,
    close,
  } = openFeed(module.path, {
    countMax: 10,
    stallMsMax: 100,
  })
  for (let count = 0; count < 25; count++) void feed.onEventReceived(event)
  assert.equal(told.dropped, 15)
  await troubled
  await close()
  assert.equal(told.delivered, 0)
  assert.equal(told.dropped, 25)
  assert.match(told.trouble.join(), /do not answer/)
})
