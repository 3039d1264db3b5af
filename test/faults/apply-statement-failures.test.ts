import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openInboxProcessor } from '../../src/inbox/process.ts'
import { checkLedger } from '../../src/ledger/check.ts'
import type { Database } from '../../src/store/db.ts'
import { openInbox } from '../support/inbox.ts'
import { seededRandom, shuffled } from '../support/random.ts'
import { effectTables, tablesOf } from '../support/replayer.ts'
import { stateOf } from '../support/state-of.ts'
import { makeHistory } from '../support/stripe-history.ts'

type Failing = { statement: string; code: string; hitCount: number }

/** The database, in whose transactions one statement fails once, on the server, with the given code. */
function withFailing(database: Database, failing: Failing, onQuery?: (name: string) => void) {
  const raise = { name: 'test_raise', text: 'select test_raise($1)', values: [failing.code] }
  const transaction: Database['transaction'] = (work) =>
    database.transaction((tx) =>
      work({
        inTransaction: true,
        query: (statement) => {
          onQuery?.(statement.name)
          const fails = statement.name === failing.statement && failing.hitCount++ === 0
          return tx.query(fails ? raise : statement)
        },
      }),
    )
  return { ...database, transaction }
}

const histories = Array.from({ length: 12 }, (_, index) =>
  makeHistory(seededRandom(index + 1), index, true),
)
// Children before their roots and payments that turn out to be one: every statement is needed.
const events = shuffled(
  histories.flatMap((history) => history.events),
  seededRandom(7),
)

const isRefund = ({ type }: { type: string }) => type.startsWith('refund.')
// Which lanes a turn takes first differs. These children wait for their roots whatever it takes.
const stages = [events.filter(isRefund), events.filter((event) => !isRefund(event))]

async function openEmpty() {
  const inbox = await openInbox()
  await inbox.database.query({
    name: 'test_create_raise',
    text: `create function test_raise(code text) returns void language plpgsql as $$
      begin raise exception 'made to fail' using errcode = code; end $$`,
  })
  return inbox
}

/** Accounts are opened in commits of their own; without postings they are harmless. */
const undone = effectTables.filter((name) => name !== 'ledger_accounts')

const digestOf = (database: Database) =>
  tablesOf(
    async (text) => (await database.query<{ digest: string }>({ name: '', text })).rows,
    undone,
  )

// Small ones, so that payments become known to be one, and children find their roots, between batches.
const batchCountMax = 20

test('whichever statement of a batch fails for want of the database, nothing remains and nothing is spent', async () => {
  await using straight = await openEmpty()
  const names = new Set<string>()
  const none = { statement: '', code: '', hitCount: 0 }
  const database = withFailing(straight.database, none, (name) => names.add(name))
  for (const stage of stages) {
    await straight.store(stage)
    await straight.drain({ database, batchCountMax })
  }
  const expected = await stateOf(straight.database)
  const parking = ['inbox_parked_create', 'inbox_parked_delete']
  for (const name of ['payments_upsert', 'payments_follow_merges', ...parking]) {
    assert.ok(names.has(name), name)
  }
  for (const statement of names) {
    await using inbox = await openEmpty()
    const failing = { statement, code: '53100', hitCount: 0 }
    const takeTurn = openInboxProcessor({
      ...inbox.deps,
      database: withFailing(inbox.database, failing),
      batchCountMax,
    })
    for (const stage of stages) {
      await inbox.store(stage)
      // Some are not needed before a later batch.
      while (failing.hitCount === 0) {
        const before = await digestOf(inbox.database)
        const turn = await takeTurn().catch((error: { code?: string }) => error.code)
        if (failing.hitCount === 0 && turn !== undefined && typeof turn !== 'string') {
          if (turn.outcome === 'idle') break
          continue
        }
        assert.equal(turn, '53100', `${statement} failed unseen`)
        assert.deepEqual(await digestOf(inbox.database), before, statement)
      }
      await inbox.drain()
    }
    assert.deepEqual(await stateOf(inbox.database), expected)
    assert.deepEqual(await checkLedger(inbox.database), [])
  }
})
