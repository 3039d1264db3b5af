/**
 * What is outside of the process: the database server and its clock, and a provider that delivers until somebody says
 * yes. It survives every case; between two cases everything in the database is deleted.
 */
import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { digestOf, prefixOf } from '../../../src/access/key-text.ts'
import type { Queryable } from '../../../src/store/db.ts'
import { createTestDatabase } from '../../support/database.ts'
import { accountId, type EventBody, merchantId } from '../../support/inbox.ts'
import { type Delivery, deliveryOf } from './delivery.ts'
import { apiKey } from './http.ts'
import { type DatabaseStock, openDatabaseStock } from './mortal-databases.ts'
import { type Merchant, type Order, openMerchant } from './orders.ts'
import { openProvider, type Provider } from './provider.ts'

// Rows are looked into field by field; their shape is what the invariants are about.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Row = any

export type World = AsyncDisposable & {
  databases: DatabaseStock
  /** of the one who checks: it is no part of any process under test */
  reader: Queryable
  sql(text: string, values?: unknown[]): Promise<Row[]>
  /** moves the database's clock; processes measure by it, too */
  advance(seconds: number): Promise<void>
  offsetSeconds(): number
  /** ends connections at the server, and waits until what they held is free */
  cut(pids: number[]): Promise<void>
  /** what the provider tells, by event, until somebody says yes */
  undelivered: Map<string, Delivery>
  /** events somebody has said yes to, with the bytes they were told in */
  acknowledged: Map<string, string>
  provider: Provider
  merchant: Merchant
  /** what the provider did by now is on its way as webhooks */
  hearProvider(): Promise<void>
  reset(next: { events: readonly EventBody[]; orders?: readonly Order[] }): Promise<void>
}

export const webhookSecret = 'whsec_net_0123456789abcdef'
const CUT_MS_MAX = 5_000
/** Deleted rows stay in the files until then; more of them make every statement slower. */
const CASES_PER_VACUUM = 150

export async function openWorld(): Promise<World> {
  await using resources = new AsyncDisposableStack()
  const test = resources.use(await createTestDatabase())
  const admin = new pg.Client({ connectionString: test.url, application_name: 'net-admin' })
  await admin.connect()
  resources.defer(() => admin.end())
  // One after another, whoever asks.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const answer = last.then(ask)
    last = answer.catch(() => undefined)
    return answer
  }
  const sql = async (text: string, values: unknown[] = []): Promise<Row[]> => {
    const name = `net_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
    return (await inTurn(() => admin.query({ name, text, values }))).rows
  }
  const cut = async (pids: number[]) => {
    await sql('select pg_terminate_backend(pid) from unnest($1::int[]) as t(pid)', [pids])
    const until = performance.now() + CUT_MS_MAX
    // The server's own way to wait for the end looks every 100 ms only.
    while ((await sql('select from pg_stat_activity where pid = any($1)', [pids])).length > 0) {
      if (performance.now() > until) throw new Error(`connections ${pids} do not end`)
      await setTimeout(1)
    }
  }
  // After the processes' connections are gone the database can be dropped.
  const databases = resources.use(openDatabaseStock({ url: test.url, cut }))
  const provider = resources.use(await openProvider())
  await seed(sql)
  const { everything, emptied } = await planReset(sql)
  let offset = 0
  let caseCount = 0
  const world: World = {
    databases,
    reader: {
      query: async ({ name, text, values }) => {
        const answer = await inTurn(() => admin.query({ name, text, values: values ?? [] }))
        return { rows: answer.rows, count: answer.rowCount ?? 0 }
      },
    },
    sql,
    advance: async (seconds) => {
      offset += seconds
      await sql('update clock_offset set seconds = $1', [offset])
    },
    offsetSeconds: () => offset,
    cut,
    undelivered: new Map(),
    acknowledged: new Map(),
    provider,
    merchant: openMerchant([]),
    hearProvider: async () => {
      for (const event of await provider.events()) {
        if (world.acknowledged.has(event.id) || world.undelivered.has(event.id)) continue
        world.undelivered.set(event.id, deliveryOf(event))
      }
    },
    reset: async ({ events, orders }) => {
      offset = 0
      if (orders !== undefined) await provider.reset()
      world.merchant = openMerchant(orders ?? [])
      world.undelivered = new Map(events.map((event) => [event.id, deliveryOf(event)]))
      world.acknowledged = new Map()
      await admin.query(everything)
      caseCount += 1
      if (caseCount % CASES_PER_VACUUM === 0) await admin.query(`vacuum ${emptied.join(', ')}`)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
  const owned = resources.move()
  return world
}

async function seed(sql: World['sql']): Promise<void> {
  const other = 'mer_00000000000000000000000002'
  await sql(`insert into merchants values ($1, 'Test', payonce_clock())`, [merchantId])
  await sql(`insert into merchants values ($1, 'Other', payonce_clock())`, [other])
  await sql(
    `insert into provider_accounts (id, merchant_id, provider, livemode, is_environment, created_at)
      values ($1, $2, 'stripe', false, true, payonce_clock())`,
    [accountId, merchantId],
  )
  await sql(
    `insert into api_keys (id, merchant_id, livemode, prefix, secret_digest, created_at)
      values ('key_00000000000000000000000001', $1, false, $2, $3, payonce_clock())`,
    [merchantId, prefixOf(apiKey), digestOf(apiKey)],
  )
}

/**
 * Everything that is empty now is emptied again; DELETE, because TRUNCATE takes a hundred times as long. Rows that
 * never change are let go for whoever says so in the session; for the processes under test they stay as they are.
 */
async function planReset(sql: World['sql']): Promise<{ everything: string; emptied: string[] }> {
  const emptied: string[] = []
  for (const name of await listChildrenFirst(sql)) {
    const [first] = await sql(`select exists (select from ${name}) as filled`)
    if (!first.filled) emptied.push(name)
  }
  await sql(`grant update, delete on ${emptied.join(', ')} to current_user`)
  const [refusal] = await sql(`select prosrc from pg_proc where proname = 'refuse_change'`)
  const leave = `begin if current_setting('net.resetting', true) = 'yes' then
    if tg_level = 'ROW' then return old; end if; return null; end if;`
  await sql(`create or replace function refuse_change() returns trigger language plpgsql
    as $refusal$${refusal.prosrc.replace('begin', leave)}$refusal$`)
  const everything = [
    `set net.resetting = 'yes'`,
    ...emptied.map((name) => `delete from ${name}`),
    'update clock_offset set seconds = 0',
    'reset net.resetting',
  ].join('; ')
  return { everything, emptied }
}

/** A row goes before the row it points at. */
async function listChildrenFirst(sql: World['sql']): Promise<string[]> {
  const tables = await sql(
    `select c.relname as name, array(select k.confrelid::regclass::text from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as parents
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  const parentsFirst = new Set<string>()
  const add = (name: string) => {
    for (const parent of tables.find((table) => table.name === name)?.parents ?? []) {
      if (!parentsFirst.has(parent)) add(parent)
    }
    parentsFirst.add(name)
  }
  for (const { name } of tables) add(name)
  return [...parentsFirst].reverse()
}
