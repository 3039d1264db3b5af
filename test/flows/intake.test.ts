import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildIntakeRow, dedupeDigest } from '../../src/inbox/build-intake-row.ts'
import type { Statement } from '../../src/store/db.ts'
import { createTestDatabase } from '../support/database.ts'
import { deliver, eventBody, type IntakeOptions, openIntake, sign } from './intake-fixture.ts'

async function withIntake(
  work: (intake: Awaited<ReturnType<typeof openIntake>>) => Promise<void>,
  options: IntakeOptions = {},
): Promise<void> {
  await using database = await createTestDatabase()
  await using intake = await openIntake(database.url, options)
  await work(intake)
}

type Intake = Awaited<ReturnType<typeof openIntake>>

async function rowsOf<Row extends object>(intake: Intake, text: string): Promise<Row[]> {
  const statement: Statement = { name: `test ${text}`.slice(0, 60), text }
  return (await intake.db.query<Row>(statement)).rows
}

async function countOf(intake: Intake, table: string): Promise<number> {
  const [row] = await rowsOf<{ count: string }>(intake, `select count(*) from ${table}`)
  return Number(row?.count)
}

test('a delivery is stored with its raw bytes and headers, queued, logged, counted and answered', async () => {
  await withIntake(async (intake) => {
    const body = `${eventBody('evt_1', { odd: 'A' }).replace('"A"', '"\\u0000\\ud800"')}\n`
    const answer = await deliver(intake.url, body, { authorization: 'Bearer x', cookie: 'y' })
    assert.deepEqual([answer.status, answer.body], [200, { received: true }])
    const [row] = await rowsOf<{
      body: Buffer
      headers: Record<string, string>
      lane: number
      request_id: string
      livemode: boolean
    }>(
      intake,
      `select body, headers, queue.lane, request_id, livemode from inbox_events event
      join inbox_payloads payload on payload.inbox_event_id = event.id and payload.received_at = event.received_at
      join inbox_queue queue on queue.inbox_event_id = event.id and run_at = event.received_at`,
    )
    assert.equal(row?.body.toString(), body)
    assert.equal(row?.headers['content-type'], 'application/json')
    assert.deepEqual([row?.headers.authorization, row?.headers.cookie], [undefined, undefined])
    assert.equal(row?.request_id, answer.headers.get('x-request-id'))
    assert.deepEqual(intake.stored, [1])
    assert.deepEqual(intake.counted, ['payment_intent.succeeded received'])
    assert.equal(intake.lines[0]?.message, 'webhook received')
    assert.equal(intake.lines[0]?.fields.event_id, 'evt_1')
  })
})

test('100 parallel deliveries of one event store it once', async () => {
  await withIntake(async (intake) => {
    const body = eventBody('evt_1')
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        deliver(intake.url, body, { 'stripe-signature': `${sign(body)},v0=${index}` }),
      ),
    )
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(answers.filter(({ body }) => body.duplicate === true).length, 99)
    assert.equal(await countOf(intake, 'inbox_events'), 1)
    assert.equal(await countOf(intake, 'inbox_queue'), 1)
  })
})

test('events of many batches in flight at once never deadlock and never get lost', async () => {
  await withIntake(async (intake) => {
    const ids = Array.from({ length: 300 }, (_, index) => `evt_${index % 60}`)
    const answers = await Promise.all(ids.map((id) => deliver(intake.url, eventBody(id))))
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(await countOf(intake, 'inbox_events'), 60)
  })
})

test('a repeat is a duplicate with other bytes, a replay with the very signature; both say so', async () => {
  await withIntake(async (intake) => {
    const signature = { 'stripe-signature': sign(eventBody('evt_1')) }
    await deliver(intake.url, eventBody('evt_1'), signature)
    const replayed = await deliver(intake.url, eventBody('evt_1'), signature)
    const other = eventBody('evt_1', { pending_webhooks: 2 })
    const duplicate = await deliver(intake.url, other)
    for (const { status, body } of [replayed, duplicate]) {
      assert.equal(status, 200)
      assert.deepEqual(body, { received: true, duplicate: true, message: 'already processed' })
    }
    assert.deepEqual(
      intake.counted.map((count) => count.split(' ')[1]),
      ['received', 'replayed', 'duplicate'],
    )
  })
})

test('the same id with another object, type or time is kept aside once and reported', async () => {
  await withIntake(async (intake) => {
    await deliver(intake.url, eventBody('evt_1'))
    const others = [
      { data: { object: { id: 'pi_other' } } },
      { type: 'payment_intent.canceled' },
      { created: 1_700_000_001 },
    ]
    for (const more of [...others, ...others]) {
      const { status, body } = await deliver(intake.url, eventBody('evt_1', more))
      assert.deepEqual([status, body], [200, { received: true }])
    }
    assert.equal(await countOf(intake, 'inbox_events'), 1)
    assert.equal(await countOf(intake, 'inbox_collisions'), 3)
    assert.ok(intake.counted.includes('payment_intent.canceled collision'))
    assert.ok(intake.lines.some(({ message }) => message.startsWith('webhook kept aside')))
  })
})

test('two events with one digest are a collision, never a duplicate', async () => {
  const digest = () => '0'.repeat(32)
  await withIntake(
    async (intake) => {
      await deliver(intake.url, eventBody('evt_1'))
      const { body } = await deliver(intake.url, eventBody('evt_2'))
      assert.deepEqual(body, { received: true })
      assert.equal(await countOf(intake, 'inbox_collisions'), 1)
    },
    { digest },
  )
})

test('a bad row does not fail its neighbours', async () => {
  await withIntake(async (intake) => {
    const row = (eventId: string) =>
      buildIntakeRow(
        {
          envelope: {
            ...{ eventId, type: 'a', apiVersion: undefined, createdAtSeconds: 1, livemode: false },
            ...{ account: undefined, objectReference: undefined, orderingKey: eventId },
          },
          account: intake.account,
          traceContext: undefined,
          ignoredReason: undefined,
          headers: {},
          signature: { header: eventId, timestamp: 1, secretIndex: 0 },
          ...{ body: Buffer.from('{}'), requestId: 'r', correlationId: 'c' },
        },
        { newId: intake.newId, digest: dedupeDigest },
      )
    const foreign = { ...row('evt_foreign'), merchantId: intake.newId('merchant') }
    const results = await Promise.allSettled(
      [row('evt_1'), row('evt_\u0000'), row('evt_2'), foreign].map(intake.batches.store),
    )
    assert.deepEqual(
      results.map((result) =>
        result.status === 'fulfilled' ? result.value.status : result.reason.code,
      ),
      ['received', 'event_not_storable', 'received', 'internal_error'],
    )
    assert.equal(await countOf(intake, 'inbox_events'), 2)
  })
})

test('a bad signature stores nothing and says which check failed', async () => {
  await withIntake(async (intake) => {
    const body = eventBody('evt_1')
    const old = sign(body, undefined, Math.floor(Date.now() / 1000) - 600)
    for (const [signature, code] of [
      [sign(body, 'whsec_other'), 'signature_mismatch'],
      [old, 'timestamp_outside_tolerance'],
      ['t=1', 'signature_missing'],
    ] as const) {
      const answer = await deliver(intake.url, body, { 'stripe-signature': signature })
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, code)
      assert.equal(answer.headers.get('content-type'), 'application/problem+json')
      assert.equal(answer.body.request_id, answer.headers.get('x-request-id'))
      const page = await fetch(String(answer.body.type))
      assert.match(await page.text(), new RegExp(`<code>${code}</code>`))
    }
    assert.equal(await countOf(intake, 'inbox_events'), 0)
    assert.deepEqual(intake.counted, [
      'signature_mismatch',
      'timestamp_outside_tolerance',
      'signature_missing',
    ])
  })
})

test('several secrets are valid during rotation', async () => {
  await withIntake(
    async (intake) => {
      for (const [id, secret] of [
        ['evt_1', 'whsec_old'],
        ['evt_2', 'whsec_new'],
      ] as const) {
        const body = eventBody(id)
        const answer = await deliver(intake.url, body, { 'stripe-signature': sign(body, secret) })
        assert.equal(answer.status, 200)
      }
    },
    { secrets: ['whsec_new', 'whsec_old'] },
  )
})

test('an account of its own has its own address and secret', async () => {
  await withIntake(async (intake) => {
    const id = intake.newId('providerAccount')
    await intake.db.query({
      name: 'test_account',
      text: `insert into provider_accounts (id, merchant_id, provider, livemode, webhook_secrets, created_at)
        values ($1, $2, 'stripe', false, '{whsec_own}', payonce_clock())`,
      values: [id, intake.account.merchantId],
    })
    const body = eventBody('evt_1')
    const own = { 'stripe-signature': sign(body, 'whsec_own') }
    assert.equal((await deliver(`${intake.url}/${id}`, body, own)).status, 200)
    assert.equal((await deliver(`${intake.url}/${id}`, body)).status, 400)
    assert.equal((await deliver(intake.url, body, own)).status, 400)
    for (const unknown of [intake.newId('providerAccount'), 'pac_x', '..']) {
      const answer = await deliver(`${intake.url}/${encodeURIComponent(unknown)}`, body, own)
      assert.equal(answer.status, 404)
    }
    const [row] = await rowsOf<{ provider_account_id: string }>(
      intake,
      'select * from inbox_events',
    )
    assert.equal(row?.provider_account_id, id)
  })
})

test('events of unknown accounts and of the other mode are kept with that reason and not queued', async () => {
  await withIntake(
    async (intake) => {
      const child = intake.newId('providerAccount')
      await intake.db.query({
        name: 'test_child',
        text: `insert into provider_accounts (id, merchant_id, provider, livemode, parent_id, external_account, created_at)
          values ($1, $2, 'stripe', false, $3, 'acct_known', payonce_clock())`,
        values: [child, intake.account.merchantId, intake.account.id],
      })
      for (const more of [
        { id: 'evt_known', account: 'acct_known' },
        { id: 'evt_unknown', account: 'acct_unknown' },
        { id: 'evt_live', livemode: true },
        { id: 'evt_child_live', livemode: true, account: 'acct_known' },
        { id: 'evt_silent', livemode: undefined },
      ]) {
        assert.equal((await deliver(intake.url, eventBody('evt', more))).status, 200)
      }
      const rows = await rowsOf<object>(
        intake,
        `select event_id, reason, livemode, provider_account_id = '${child}' as of_child,
          exists (select from inbox_queue where inbox_event_id = event.id) as queued
        from inbox_events event left join inbox_outcomes outcome on outcome.inbox_event_id = event.id order by event_id`,
      )
      const row = (
        event_id: string,
        reason: string | null,
        livemode: boolean,
        of_child: boolean,
      ) => ({
        ...{ event_id, reason, livemode, of_child, queued: reason === null },
      })
      assert.deepEqual(rows, [
        row('evt_child_live', 'wrong_livemode', true, true),
        row('evt_known', null, false, true),
        row('evt_live', 'wrong_livemode', true, false),
        row('evt_silent', null, false, false),
        row('evt_unknown', 'unknown_account', false, false),
      ])
    },
    { livemode: false },
  )
})

test('what is signed but no event is refused with the field named', async () => {
  await withIntake(async (intake) => {
    for (const [body, code] of [
      ['{"id":', 'body_not_json'],
      [Buffer.from([0x7b, 0xff, 0x7d]), 'body_not_json'],
      ['['.repeat(200), 'body_too_deep'],
      [eventBody('evt_\u0000'), 'event_field_invalid'],
      ['', 'body_not_json'],
    ] as const) {
      const answer = await deliver(intake.url, Buffer.from(body))
      assert.deepEqual([answer.status, answer.body.code], [400, code])
    }
    const { body } = await deliver(intake.url, eventBody('evt_1', { created: 'x' }))
    assert.deepEqual(body.errors, [
      { pointer: '/created', detail: 'must be whole seconds since 1970' },
    ])
    assert.equal(await countOf(intake, 'inbox_events'), 0)
  })
})

test('the database away answers 503 and acknowledges nothing', async () => {
  await using database = await createTestDatabase()
  await using intake = await openIntake(database.url)
  assert.equal((await deliver(intake.url, eventBody('evt_1'))).status, 200)
  await intake.db.close()
  const away = await deliver(intake.url, eventBody('evt_2'))
  assert.deepEqual([away.status, away.body.code], [503, 'database_unavailable'])
  assert.equal(away.body.retryable, true)
  assert.ok(Number(away.headers.get('retry-after')) > 0)
  await using again = await openIntake(database.url)
  assert.equal(await countOf(again, 'inbox_events'), 1)
  assert.equal((await deliver(again.url, eventBody('evt_2'))).status, 200)
})

test('a connection killed during the statement is told as 503, and the repeat stores the event once', async () => {
  await withIntake(async (intake) => {
    await intake.db.query({
      name: 'test_slow',
      text: `create function slow() returns trigger language plpgsql as
        $$ begin perform pg_sleep(30); return new; end $$;`,
    })
    await intake.db.query({
      name: 'test_trigger',
      text: 'create trigger slow before insert on inbox_events for each row execute function slow()',
    })
    const pending = deliver(intake.url, eventBody('evt_1'))
    for (let tries = 0, killed = false; !killed && tries < 1000; tries++) {
      killed = (
        await rowsOf<{ killed: boolean }>(
          intake,
          `select pg_terminate_backend(pid) as killed from pg_stat_activity
          where datname = current_database() and wait_event = 'PgSleep'`,
        )
      ).some((row) => row.killed)
    }
    assert.equal((await pending).status, 503)
    await intake.db.query({ name: 'test_drop', text: 'drop trigger slow on inbox_events' })
    assert.deepEqual((await deliver(intake.url, eventBody('evt_1'))).body, { received: true })
    assert.equal(await countOf(intake, 'inbox_events'), 1)
  })
})
