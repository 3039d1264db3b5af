/** Replays, dead letters and handler runs as somebody repairs them at a terminal. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { payonce, typeAnswers } from '../support/command-line.ts'
import { eventually } from '../support/eventually.ts'
import { openInstance } from '../support/instance.ts'
import { startPayonce } from '../support/process.ts'
import { runSql } from '../support/test-server.ts'

const bin = resolve(import.meta.dirname, '../../bin/payonce.js')
let instance: Awaited<ReturnType<typeof openInstance>>
before(async () => {
  instance = await openInstance({ environment: { EVENT_RETRY_COUNT_MAX: '0' } })
})
after(() => instance[Symbol.asyncDispose]())

const run = (...argv: string[]) => payonce(instance.environment, ...argv)
// What JSON holds is what the tests look into, field by field.
// biome-ignore lint/suspicious/noExplicitAny: see above
const json = async (...argv: string[]): Promise<any> =>
  JSON.parse((await run(...argv, '--json')).stdout)
const sql = (text: string) => runSql(instance.databaseUrl, text)
const settled = () =>
  eventually(
    async () => (await sql('select count(*)::int as n from inbox_queue')).rows[0].n,
    (count) => count === 0,
    15_000,
  )
const command_line = { type: 'command_line', id: userInfo().username }

async function trigger(...argv: string[]): Promise<string> {
  const { stdout } = await run('trigger', ...argv, '--json')
  await settled()
  return JSON.parse(stdout.split('\n')[0] ?? '').id.slice('evt_'.length, -1)
}

/** An event whose amount is no integer; it becomes a dead letter at once. @returns our id */
async function giveUp(name: string): Promise<string> {
  const object = { id: `pi_${name}`, object: 'payment_intent', amount: 1.5, currency: 'eur' }
  const event = { id: `evt_${name}`, type: 'payment_intent.succeeded', created: 1_764_000_000 }
  await run('send', '--body', JSON.stringify({ ...event, data: { object } }))
  await settled()
  return (await json('events', 'show', `evt_${name}`)).id
}

/** The command at a terminal at which these answers are typed, one for each question. */
const typed = (answers: string[], ...argv: string[]) =>
  typeAnswers(instance.environment, answers, ...argv)

test('replaying what was applied changes nothing, and both the trial and the replay say so', async () => {
  const tag = await trigger('charge.refunded')
  const dry = await run('events', 'replay', '--payment', `pi_${tag}`, '--dry-run')
  assert.equal(dry.code, 0, dry.stderr)
  assert.match(dry.stdout, /^Dry run of 5 events; nothing was written\./)
  assert.match(dry.stdout, new RegExp(`pi_${tag} +succeeded +0 changes`))
  assert.match(dry.stdout, /0 changes, 0 postings; events: 5 unchanged/)
  const replayed = await run('events', 'replay', '--payment', `pi_${tag}`, '--reason', 'a', '--yes')
  assert.equal(replayed.code, 0, replayed.stderr)
  assert.match(replayed.stdout, /^rpl_\w+ {2}finished {2}5 of 5 events, 0 postings added/)
  assert.match(replayed.stdout, /unchanged +5 +all they say was known/)
  assert.match(replayed.stderr, /(waiting|running): \d of 5/)
  const named = await json('events', 'replay', `evt_${tag}0`, `evt_${tag}1`, '--dry-run')
  assert.equal(named.event_count, 2)
})

test('what an older release ignored is tried, then applied, with its postings', async () => {
  const tag = await trigger('payment_intent.succeeded', '--amount', '1700')
  const events = `(select id from inbox_events where event_id like 'evt_${tag}%')`
  await sql(`update inbox_outcomes set status = 'ignored', reason = 'unhandled_type', payment_id = null
    where inbox_event_id in ${events}`)
  const filter = ['--status', 'ignored', '--reason-filter', 'unhandled_type']
  assert.equal((await json('events', 'list', ...filter)).items.length, 3)
  const dry = await json('events', 'replay', ...filter, '--dry-run')
  assert.equal(dry.counts.unchanged, 3)
  const order = await json('events', 'replay', ...filter, '--reason', 'a new release', '--yes')
  assert.equal(order.status, 'finished')
  assert.deepEqual(order.failed, [])
  assert.deepEqual(order.requested_by, command_line)
  assert.equal((await json('events', 'list', ...filter)).items.length, 0)
  const shown = await run('replays', 'show', order.id)
  assert.match(shown.stdout, /why +a new release\n +by +\S+ at the command line/)
  assert.match((await run('replays', 'list', '--limit', '1')).stdout, /reason unhandled_type/)
  assert.equal(
    (await json('replays', 'show', order.id, '--result', 'failed')).results.items.length,
    0,
  )
  const stopped = await run('replays', 'stop', order.id)
  assert.equal(stopped.code, 1)
  assert.match(stopped.stderr, /finished or was stopped before/)
  assert.equal((await run('replays', 'show', 'rpl_nobody')).code, 3)
})

test('many events are not replayed by oversight', async () => {
  const refusals: [string[], RegExp][] = [
    [[], /Which events\?/],
    [['evt_1', '--all'], /exclude each other/],
    [['--all', '--type', 'x'], /exclude each other/],
    [['--type', 'a*b'], /at its end only/],
    [['--status', 'applied', '--reason-filter', 'x'], /needs --status ignored/],
    [['--all', '--reason', 'x'], /give --yes/],
    [['--all', '--yes'], /say why with --reason/],
    [['--all', '--yes', '--reason', ' '], /1 to 500 characters/],
  ]
  for (const [argv, message] of refusals) {
    const refused = await run('events', 'replay', ...argv)
    assert.equal(refused.code, 2, argv.join(' '))
    assert.match(refused.stderr, message)
  }
  assert.equal((await run('events', 'replay', 'evt_nobody')).code, 3)
  const none = await run('events', 'replay', '--to', '2020-01-01', '--yes', '--reason', 'x')
  assert.equal(none.code, 0)
  assert.match(none.stdout, /No event is named by this/)
})

test('a person at a terminal is asked why and whether, and may decline', async () => {
  await trigger('payout.paid')
  const count = (await json('replays', 'list', '--limit', '1000')).items.length
  const declined = await typed(['because', 'n'], 'events', 'replay', '--type', 'payout.*')
  assert.equal(declined.code, 1)
  assert.match(declined.told, /Why\? .*Replay \d+ events?\? \[y\/N\] .*Nothing was done/s)
  const silent = await typed([], 'events', 'replay', '--type', 'payout.*')
  assert.equal(silent.code, 2)
  assert.equal((await json('replays', 'list', '--limit', '1000')).items.length, count)
  const agreed = await typed(['because', 'y'], 'events', 'replay', '--type', 'payout.*')
  assert.equal(agreed.code, 0, agreed.told)
  assert.match(agreed.told, /finished/)
  const [newest] = (await json('replays', 'list', '--limit', '1')).items
  assert.equal(newest.reason, 'because')
})

test('a dead letter is explained, retried, set aside, and each deed has its author', async () => {
  const id = await giveUp('one')
  const failures = await run('events', 'failures')
  assert.match(failures.stdout, /^event_field_invalid {2}payment_intent\.succeeded {2}1 given up\n/)
  assert.match(failures.stdout, /fix .*\n +then +npx payonce dead-letters retry --code event_f/)
  assert.equal((await json('events', 'failures')).items[0].dead_count, 1)
  const shown = await run('events', 'show', id)
  assert.match(
    shown.stdout,
    new RegExp(`What it means\n.*\n.*\n +then +npx payonce dead-letters retry ${id}`),
  )

  const one = await run('dead-letters', 'retry', 'evt_one', '--reason', 'try')
  assert.equal(one.stdout, `${id} is in the queue again.\n`)
  await settled()
  const all = await run('dead-letters', 'retry', '--all', '--reason', 'again', '--yes')
  assert.equal(all.code, 1)
  assert.match(all.stdout, /failed +1 +as they were; see below/)
  assert.match(all.stdout, /event_field_invalid: field \/amount is not an integer/)
  const single = await run('events', 'replay', id)
  assert.equal(single.code, 1)
  assert.equal((await run('dead-letters', 'retry')).code, 2)
  assert.equal((await run('dead-letters', 'retry', id, '--all')).code, 2)

  assert.equal((await run('dead-letters', 'set-aside', id)).code, 2)
  assert.equal(
    (await json('dead-letters', 'set-aside', id, '--reason', 'a test')).state,
    'set_aside',
  )
  assert.deepEqual((await json('dead-letters', 'list')).items, [])
  const [letter] = (await json('dead-letters', 'list', '--state', 'set_aside')).items
  assert.equal(letter.set_aside_by, userInfo().username)
  const left = await run(
    'dead-letters',
    'retry',
    '--code',
    'event_field_invalid',
    '--reason',
    'x',
    '--yes',
  )
  assert.match(left.stdout, /No event is named/)

  const { items } = await json('audit', 'list', '--subject', id)
  assert.deepEqual(
    items.map((entry: { action: string; reason: string; actor: object }) => [
      entry.action,
      entry.reason,
      entry.actor,
    ]),
    [
      ['dead_letter.set_aside', 'a test', command_line],
      ['dead_letter.retried', 'try', command_line],
    ],
  )
  assert.match((await run('audit', 'list')).stdout, /^AT +WHO +DID +TO +WHY\n/)
  await sql('delete from dead_letters')
  const gone = await run(
    'dead-letters',
    'set-aside',
    `evt_${await trigger('payout.paid')}0`,
    '--reason',
    'x',
  )
  assert.equal(gone.code, 3)
  assert.match(gone.stderr, /is no dead letter, but applied/)
  assert.match((await run('events', 'failures')).stdout, /Nothing failed/)
})

test('what a handler is owed is listed, and a run that was given up is due again by its id', async () => {
  await sql(`insert into event_handlers values ('mail', payonce_clock(), payonce_clock())`)
  const tag = await trigger('payment_intent.created')
  await sql(`update handler_runs set dead_at = payonce_clock(), failed_at = payonce_clock(), attempt_count = 6,
    code = 'handler_failed', detail = 'Error: no' || chr(27)`)
  const { items } = await json('handlers', 'runs', '--status', 'dead')
  assert.equal(items[0].provider_event_id, `evt_${tag}0`)
  const table = await run('handlers', 'runs', '--handler', 'mail')
  assert.match(
    table.stdout,
    /\.mail +payment_intent\.created +dead +6 +handler_failed +Error: no\\u001b/,
  )
  assert.match(table.stderr, /payonce handlers retry <run>/)
  assert.match(
    (await run('dead-letters', 'list')).stderr,
    /handlers of your own gave up, too: npx payonce handlers runs --status dead/,
  )
  const retried = await run('handlers', 'retry', items[0].id, '--reason', 'mended')
  assert.match(retried.stdout, /is due again/)
  assert.equal((await run('handlers', 'retry', items[0].id)).code, 3)
  assert.equal((await json('handlers', 'runs', '--status', 'waiting')).items.length, 1)
  assert.equal((await json('handlers', 'runs', '--before', items[0].id)).items.length, 0)
  assert.equal((await run('handlers', 'runs', '--before', 'x')).code, 2)
  const [deed] = (await json('audit', 'list', '--subject', items[0].id)).items
  assert.deepEqual(
    [deed.action, deed.reason, deed.actor],
    ['handler_run.retried', 'mended', command_line],
  )
  await run('handlers', 'remove', 'mail', '--yes', '--force')
  assert.match((await run('handlers', 'runs')).stdout, /No handler is owed/)
})

test('a handler is removed by who means it, not while a process has it, and the audit log says with what', async () => {
  await sql(`insert into event_handlers values ('rename', payonce_clock(), payonce_clock())`)
  await trigger('payment_intent.created')
  const bare = await run('handlers', 'remove', 'rename')
  assert.equal(bare.code, 2)
  assert.match(bare.stderr, /give --yes, or answer at a terminal/)
  const young = await typed(['y'], 'handlers', 'remove', 'rename')
  assert.equal(young.code, 1)
  assert.match(young.told, /A process that has rename was seen at .+ in \d+ s, come back/)
  assert.doesNotMatch(young.told, /Forget/, 'what would be refused is not asked')
  await sql(`update event_handlers set started_at = payonce_clock() - interval '50 seconds', seen_at =
    payonce_clock() - interval '46 seconds'`)
  const declined = await typed(['n'], 'handlers', 'remove', 'rename')
  assert.equal(declined.code, 1)
  assert.match(
    declined.told,
    /Forget rename, with 1 event that waits and 0 events given up\? .+\[y\/N\] Nothing was done/s,
  )
  assert.equal((await json('handlers', 'list')).items[0].waiting_count, 1)
  await sql(`update event_handlers set seen_at = payonce_clock()`)
  assert.equal((await run('handlers', 'remove', 'rename', '--yes')).code, 1, 'its process is heard')
  await sql(`update event_handlers set seen_at = payonce_clock() - interval '46 seconds'`)
  const removed = await typed(['y'], 'handlers', 'remove', 'rename', '--reason', 'it is notify now')
  assert.equal(removed.code, 0, removed.told)
  assert.match(removed.told, /rename is forgotten, with 1 event that waits/)
  for (const [mode, waiting_count] of [
    ['--test', 1],
    ['--live', 0],
  ] as const) {
    const { items } = await json('audit', 'list', '--subject', 'rename', mode)
    assert.equal(items.length, 1, 'every merchant and mode finds it')
    assert.deepEqual(
      [items[0].action, items[0].reason, items[0].actor, items[0].details],
      [
        'handler.removed',
        'it is notify now',
        command_line,
        { waiting_count, dead_count: 0, forced: false },
      ],
    )
  }
  assert.equal((await typed(['y'], 'handlers', 'remove', 'rename')).code, 3)
})

test('a payment that turned out to be part of another is shown as that one, and it is said', async () => {
  const told = (id: string, type: string, object: object) =>
    run(
      'send',
      '--body',
      JSON.stringify({
        id,
        type,
        created: 1_750_000_000,
        data: { object: { amount: 800, currency: 'usd', status: 'succeeded', ...object } },
      }),
    ).then(settled)
  const charge = { id: 'ch_m', object: 'charge', captured: true }
  await told('evt_m1', 'payment_intent.succeeded', { id: 'pi_m', object: 'payment_intent' })
  await told('evt_m2', 'charge.succeeded', charge)
  const part = (await json('payments', 'show', 'ch_m')).payment.id
  await told('evt_m3', 'charge.updated', { ...charge, payment_intent: 'pi_m' })
  const whole = (await json('payments', 'show', 'pi_m')).payment.id
  assert.notEqual(whole, part)
  const shown = await run('payments', 'show', part)
  assert.match(
    shown.stdout,
    new RegExp(`^${part} turned out to be part of ${whole}, which is shown`),
  )
  const document = await json('payments', 'show', part)
  assert.deepEqual([document.payment.id, document.asked_for_merged_payment_id], [whole, part])
  assert.equal((await json('events', 'list', '--payment', part)).items.length, 3)
})

test('without a worker the replay waits and it is said; Ctrl-C leaves it, a worker finishes it', async () => {
  await using api = await openInstance({ args: ['--role', 'api'] })
  const here = (...argv: string[]) => payonce(api.environment, ...argv)
  await here('trigger', 'payment_intent.succeeded')
  const dry = await here('events', 'replay', '--all', '--dry-run')
  assert.match(
    dry.stdout,
    /new payment {2}pi_\w+ +none -> succeeded +\d changes\n {2}\+ capture +provider_balance <- gross_revenue +10\.00 USD\n/,
  )
  const detached = await here('events', 'replay', '--all', '--reason', 'x', '--yes', '--detach')
  const [id = ''] = /rpl_\w+/.exec(detached.stdout) ?? []
  assert.match(detached.stdout, /is ordered: 3 events\./)
  assert.match((await here('replays', 'show', id)).stdout, /waiting: 0 of 3 \(0 %\)/)
  const child = spawn(process.execPath, [bin, 'replays', 'show', id, '--follow'], {
    env: { PATH: process.env.PATH, ...api.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  await eventually(
    async () => told,
    (text) => text.includes('start one: npx payonce start --role worker'),
    20_000,
  )
  child.kill('SIGINT')
  assert.equal((await once(child, 'exit'))[0], 130)
  assert.match(told, /No longer followed; the replay goes on.*payonce replays stop rpl_/)
  const worker = startPayonce({ args: ['--role', 'worker'], environment: api.environment })
  try {
    const followed = await here('replays', 'show', id, '--follow')
    assert.equal(followed.code, 0, followed.stderr)
    assert.match(followed.stdout, /finished {2}3 of 3 events/)
  } finally {
    worker.kill('SIGTERM')
    await worker.exited
  }
  const stopped = await here('events', 'replay', '--all', '--reason', 'x', '--yes', '--detach')
  const [other = ''] = /rpl_\w+/.exec(stopped.stdout) ?? []
  assert.match((await here('replays', 'stop', other)).stdout, /stopped {2}0 of 3 events/)
})
