/** The commands as somebody types them, beside a running instance. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { storyTypes } from '../../src/cli/trigger/stories.ts'
import { payonce } from '../support/command-line.ts'
import { eventually } from '../support/eventually.ts'
import { openInstance } from '../support/instance.ts'
import { runSql } from '../support/test-server.ts'

const ESCAPE = '\u001b'
let instance: Awaited<ReturnType<typeof openInstance>>
before(async () => {
  instance = await openInstance()
})
after(() => instance[Symbol.asyncDispose]())

const run = (...argv: string[]) => payonce(instance.environment, ...argv)
// What JSON holds is what the tests look into, field by field.
// biome-ignore lint/suspicious/noExplicitAny: see above
const json = async (...argv: string[]): Promise<any> =>
  JSON.parse((await run(...argv, '--json')).stdout)
const sql = (text: string) => runSql(instance.databaseUrl, text)

/** Sends a story and waits until nothing of it waits any more. */
async function trigger(...argv: string[]) {
  const sent = await run('trigger', ...argv, '--json')
  assert.equal(sent.code, 0, sent.stderr)
  await eventually(
    async () => (await sql('select count(*)::int as count from inbox_queue')).rows[0].count,
    (count) => count === 0,
    15_000,
  )
  const events = sent.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return { events, tag: events[0].id.slice('evt_'.length, -1) as string }
}

test('every type of event can be triggered, is applied, and leaves the books right', async () => {
  for (const type of storyTypes) await trigger(type)
  const { rows } = await sql(
    `select e.type, o.status from inbox_events e left join inbox_outcomes o on o.inbox_event_id = e.id
     where o.status is distinct from 'applied'`,
  )
  assert.deepEqual(rows, [])
  assert.deepEqual((await json('dead-letters', 'list')).items, [])
  const books = await run('ledger-check')
  assert.equal(books.code, 0, books.stdout)
  assert.deepEqual(await json('ledger-check'), { findings: [] })
})

test('what is triggered twice counts once', async () => {
  const { tag, events } = await trigger(
    'payment_intent.succeeded',
    '--amount',
    '777',
    '--currency',
    'chf',
    '--twice',
  )
  assert.equal(events.length, 6)
  assert.match(events[1].answer, /already processed/)
  const { items } = await json('revenue', '--currency', 'CHF')
  assert.equal(items[0].gross_cents, 777)
  const shown = await json('payments', 'show', `pi_${tag}`)
  assert.equal(shown.status, 'succeeded')
})

test('later events of a payment say what is true of it, and nothing that cannot be', async () => {
  const { tag } = await trigger(
    'payment_intent.succeeded',
    '--set',
    'data.object.description=a "book"',
  )
  const payment = `pi_${tag}`
  await trigger('charge.refunded', '--payment', payment, '--amount', '300')
  await trigger('refund.updated', '--payment', `ch_${tag}`, '--amount', '200')
  let shown = await json('payments', 'show', payment)
  assert.equal(shown.payment.amount_refunded_cents, 500)
  assert.equal(shown.payment.description, 'a "book"')
  assert.match(shown.next, /It is paid/)
  await trigger('charge.dispute.created', '--payment', payment)
  shown = await json('payments', 'show', payment)
  assert.match(shown.explanation, /5\.00 USD of it is disputed/)
  assert.match(shown.next, /has to be answered at the provider by 20/)
  const refusals: [string[], RegExp][] = [
    [['charge.refunded', '--payment', payment, '--amount', '1'], /0 minor units left/],
    [['payment_intent.succeeded', '--payment', payment], /needs a payment that is not paid/],
    [['payout.paid', '--payment', payment], /leave --payment out/],
    [['charge.captured', '--payment', payment], /needs a payment that is authorized/],
  ]
  for (const [argv, message] of refusals) {
    const refused = await run('trigger', ...argv)
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, message)
  }
  const { tag: held } = await trigger('payment_intent.amount_capturable_updated')
  await trigger('charge.captured', '--payment', `pi_${held}`)
  assert.equal((await json('payments', 'show', `pi_${held}`)).status, 'succeeded')
})

test('a payment is shown with why it is so, what is next, and all that happened', async () => {
  const { tag } = await trigger('charge.refunded', '--amount', '2500', '--currency', 'jpy')
  const { code, stdout, stderr } = await run('payments', 'show', `re_${tag}`)
  assert.equal(code, 0)
  assert.match(stderr, /Default merchant, test mode/)
  assert.match(stdout, /^pay_\w+ {2}2500 JPY {2}succeeded {2}pi_/)
  assert.match(stdout, /2500 JPY was captured, 2500 JPY of it is refunded/)
  assert.match(stdout, /Next: It is paid and given back in full/)
  assert.match(
    stdout,
    /journal entry .*provider_balance <- gross_revenue 2500 JPY {2}effective \d{4}-[\d-]+ [\d:.]+Z/,
  )
  assert.match(stdout, /status .*"succeeded"/)
  assert.ok(!stdout.includes(ESCAPE), 'no color where there is no terminal')
  const missing = await run('payments', 'show', 'pi_nobody', '--json')
  assert.equal(missing.code, 3)
  assert.equal(JSON.parse(missing.stderr).error, 'not_found')
})

test('payments are listed page by page, by status and by time', async () => {
  const all = await json('payments', 'list', '--limit', '1000')
  const first = await json('payments', 'list', '--limit', '2')
  assert.equal(first.next_before, first.items[1].id)
  const second = await json('payments', 'list', '--limit', '2', '--before', first.next_before)
  assert.deepEqual([...first.items, ...second.items], all.items.slice(0, 4))
  const failed = await json('payments', 'list', '--status', 'failed')
  assert.ok(failed.items.length > 0)
  assert.deepEqual((await json('payments', 'list', '--to', '1h')).items, [])
  const table = await run('payments', 'list', '--limit', '1')
  assert.match(table.stdout, /^CREATED +ID +STATUS +AMOUNT/)
  assert.match(table.stderr, /There are more: --before pay_/)
  assert.match((await run('payments', 'list', '--from', '2099-01-01')).stdout, /No payments/)
})

test('events are found by type, status, payment and time', async () => {
  const { tag } = await trigger('charge.refunded')
  const types = async (...argv: string[]) =>
    (await json('events', 'list', ...argv)).items.map((event: { type: string }) => event.type)
  const ofPayment = await types('--payment', `pi_${tag}`)
  assert.equal(ofPayment.length, 5)
  assert.deepEqual(await types('--payment', `pi_${tag}`, '--type', 'charge.*'), [
    'charge.refunded',
    'charge.succeeded',
  ])
  assert.deepEqual(await types('--payment', `pi_${tag}`, '--type', 'refund.created'), [
    'refund.created',
  ])
  assert.deepEqual(await types('--payment', `pi_${tag}`, '--status', 'dead'), [])
  assert.deepEqual(await types('--from', '1h', '--to', '30m'), [])
  assert.equal((await types('--from', '10m', '--limit', '3')).length, 3)
  const table = await run('events', 'list', '--limit', '1')
  assert.match(table.stdout, /^RECEIVED +ID +TYPE +STATUS/)
  assert.match((await run('events', 'list', '--to', '2020-01-01')).stdout, /No events/)
})

test('an event is shown with its bytes, its signature and what it changed, and no secret', async () => {
  const { events } = await trigger('payment_intent.succeeded')
  // Events of one moment may be applied in one batch; each change is still told of the event that caused it.
  const details = await Promise.all(events.map((event) => json('events', 'show', event.id)))
  const shown = details.find(({ changes }) =>
    changes.some(({ after }: { after: { status: string } }) => after.status === 'succeeded'),
  )
  assert.equal(shown.signature_check, 'matches')
  const id = shown.provider_event_id
  const { stdout } = await run('events', 'show', id)
  assert.match(stdout, /these bytes still match a secret in force/)
  assert.match(stdout, /stripe-signature +t=\d+,\[secret\]/)
  assert.match(stdout, /Changed\n {2}payment\.\w+\n {4}.*status: .*"succeeded"/s)
  const raw = await run('events', 'show', id, '--raw')
  assert.equal(raw.stdout, shown.payload)
  await sql(`update inbox_payloads set signature = '{"header":"t=1,v1=${'0'.repeat(64)}","timestamp":1}'
    where inbox_event_id = '${shown.id}'`)
  assert.equal((await json('events', 'show', id)).signature_check, 'matches_no_secret_of_today')
  await sql(
    `update inbox_payloads set signature = '{"header":"","timestamp":1,"secretIndex":-1}' where inbox_event_id = '${shown.id}'`,
  )
  const unsigned = await json('events', 'show', id)
  assert.deepEqual(
    [unsigned.signature.verdict, unsigned.signature_check],
    ['not_checked', 'not_checked'],
  )
  assert.match((await run('events', 'show', id)).stdout, /a program put this event into the inbox/)
  await sql(`delete from inbox_payloads where inbox_event_id = '${shown.id}'`)
  assert.match((await run('events', 'show', id)).stdout, /the bytes are archived/)
  assert.equal((await run('events', 'show', id, '--raw')).code, 3)
  assert.equal((await run('events', 'show', 'evt_nobody')).code, 3)
})

test('a dead letter is listed with its reason, and its event with its failures', async () => {
  const { tag } = await trigger('payment_intent.created')
  const { id } = await json('events', 'show', `evt_${tag}0`)
  await sql(`insert into dead_letters select id, merchant_id, livemode, 6, 'event', 'event_field_invalid',
    'no amount ' || chr(27) || '[2J', payonce_clock() from inbox_events where id = '${id}'`)
  await sql(`insert into inbox_failures (inbox_event_id, attempt, error_type, code, detail, failed_at)
    values ('${id}', 6, 'event', 'event_field_invalid', 'no amount', payonce_clock())`)
  const { stdout } = await run('dead-letters', 'list')
  assert.match(stdout, new RegExp(`${id} .*6 +event_field_invalid +no amount`))
  assert.ok(!stdout.includes(ESCAPE), 'what others wrote does not command the terminal')
  assert.equal((await json('dead-letters', 'list')).items[0].id, id)
  const shown = await run('events', 'show', id)
  assert.match(shown.stdout, /dead: event_field_invalid/)
  assert.match(shown.stdout, /Attempts\n.*event_field_invalid +no amount/)
  const payment = await json('payments', 'show', `pi_${tag}`)
  assert.match(payment.next, /a person decides/)
  assert.match(stdout, new RegExp(`pi_${tag}`), 'the object it tells of')
  const aside = await run('dead-letters', 'set-aside', id, '--reason', 'a test')
  assert.equal(aside.code, 0, aside.stderr)
  assert.match(
    (await run('dead-letters', 'list', '--state', 'all')).stdout,
    /^RECEIVED .*GIVEN UP +SET ASIDE .*\n.* \d{4}-[\d-]+ [\d:.]+Z +6 +event_field_invalid/,
  )
  await sql(`update inbox_events set ordering_key = 'pi_untold' where id = '${id}'`)
  const untold = await run('payments', 'show', 'pi_untold')
  assert.equal(untold.code, 3)
  assert.match(
    untold.stderr,
    new RegExp(`evt_${tag}0 .*names it and was given up .*events show evt_`),
  )
  await sql('delete from dead_letters')
})

test('a day of revenue is a day of the zone, and a period that the range cuts is told', async () => {
  await trigger('payment_intent.succeeded', '--amount', '700', '--currency', 'bhd')
  const bhd = ['revenue', '--currency', 'BHD']
  const { items } = await json(...bhd, '--from', '2000-03-01', '--timezone', 'Asia/Tokyo')
  assert.equal(items[0].period_start, '2000-02-29T15:00:00.000Z')
  const utc = await json(...bhd, '--from', '2000-03-01')
  assert.equal(utc.items[0].period_start, '2000-03-01T00:00:00.000Z')

  const byYear = [...bhd, '--interval', 'year', '--timezone', 'Europe/Berlin']
  const { items: years } = await json(...byYear)
  const startMs = Date.parse(years.at(-1).period_start)
  const cut = await run(...byYear, '--from', new Date(startMs + 1_000).toISOString())
  assert.match(cut.stderr, /^\d{4} is cut: --from begins it at \d{4}-12-31T23:00:01.000Z\.$/m)
  const year = new Date(startMs + 86_400_000).getUTCFullYear()
  assert.doesNotMatch((await run(...byYear, '--from', `${year}-01-01`)).stderr, /is cut/)
})

test('revenue has the decimals of its currency, and its periods the days of their zone', async () => {
  await trigger('payment_intent.succeeded', '--amount', '1234', '--currency', 'KWD')
  const total = await run('revenue', '--currency', 'kwd')
  assert.match(total.stdout, /KWD +1 +1\.234 +0\.000 \(\+1 pending\) +0\.000 +0\.000 +1\.234/)
  const day = new Date().toISOString().slice(0, 10)
  const days = await run('revenue', '--currency', 'KWD', '--interval', 'day', '--timezone', 'UTC')
  assert.match(days.stdout, new RegExp(`^PERIOD[^\\n]*\\n${day} +KWD`))
  for (const [interval, shown] of [
    ['month', day.slice(0, 7)],
    ['year', day.slice(0, 4)],
  ] as const) {
    assert.match(
      (await run('revenue', '--currency', 'KWD', '--interval', interval)).stdout,
      new RegExp(`\n${shown} +KWD`),
    )
  }
  assert.match((await run('revenue', '--live')).stdout, /No revenue/)
  assert.match((await run('revenue', '--timezone', 'Mars/Base')).stderr, /must be an IANA name/)
  assert.match((await run('revenue', '--currency', 'XQQ')).stderr, /must be an ISO 4217 code/)
  assert.match((await run('revenue', '--from', '2026-02-31')).stderr, /must be a day/)
  assert.match(
    (await run('revenue', '--from', '1h', '--to', '2h')).stderr,
    /must not be after --to/,
  )
})

test('any body is sent byte for byte, truly signed, and the answer is told', async () => {
  const body =
    '{ "id":"evt_sent","type":"x.y","created":1750000000,\n "big":12345678901234567890, "data":{"object":{}}}\n'
  const file = join(instance.folder, 'event.json')
  await writeFile(file, body)
  const sent = await json('send', '--body', `@${file}`)
  assert.equal(sent.status, 200)
  assert.equal((await run('events', 'show', 'evt_sent', '--raw')).stdout, body)
  const refused = await run('send', '--body', '{"a":1}')
  assert.equal(refused.code, 1)
  assert.match(refused.stdout, /^400 /)
  assert.match(refused.stderr, /payonce explain event_field_invalid/)
  const wrong = await json('send', '--body', body, '--secret', 'whsec_other')
  assert.equal(wrong.code, 'signature_mismatch')
  const headers = await json('send', '--body', `@${file}`, '--print')
  const answer = await fetch(`${instance.url}/webhooks/stripe`, {
    method: 'POST',
    headers,
    body: await readFile(file),
  })
  assert.match(await answer.text(), /already processed/)
  assert.match(
    (await run('send', '--body', body, '--print')).stdout,
    /^content-type: .*\nstripe-signature: t=/,
  )
  assert.equal((await run('send')).code, 2)
  assert.equal((await run('send', '--body', '@/nonexistent')).code, 2)
  assert.equal((await run('send', '--body', '{}', '--endpoint', 'nonsense')).code, 2)
})

test('books that are off are told, each finding with what was expected', async () => {
  await sql('update balance_deltas set debit_minor = debit_minor + 1')
  const { code, stdout } = await run('ledger-check')
  assert.equal(code, 1)
  assert.match(stdout, /\d+ findings\ncheck +subject +expected +found\nbalance_equals_postings/)
})
