/** The worker of replays, turn by turn, over the inbox of a test. */
import { openReplayer } from '../../src/inbox/replay-batch.ts'
import type { openInbox } from './inbox.ts'

type Inbox = Pick<Awaited<ReturnType<typeof openInbox>>, 'deps'>

/** Takes turns until nothing is left to do. */
export async function drainReplays(inbox: Inbox): Promise<void> {
  const takeTurn = replayerOf(inbox)
  while ((await takeTurn()) === 'worked');
}

export function replayerOf({ deps }: Inbox): () => Promise<'idle' | 'worked'> {
  const { database, newId, ledgerAccounts } = deps
  const openLedgerAccounts = () => ledgerAccounts
  return openReplayer({ database, newId, openLedgerAccounts, onBatch: () => {} })
}

/** Every row of every table that replays may write, as one text a table: equal texts, equal tables. */
export async function tablesOf(
  sql: (text: string) => Promise<{ digest: string }[]>,
  names: readonly string[],
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const name of names) {
    const [row] = await sql(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${name} t`,
    )
    digests[name] = row?.digest ?? ''
  }
  return digests
}

/** All but what a replay writes about itself. */
export const effectTables = [
  'payments',
  'refunds',
  'disputes',
  'payouts',
  'provider_objects',
  'payment_events',
  'journal_entries',
  'postings',
  'balance_deltas',
  'ledger_accounts',
  'outbox_events',
  'outbox_queue',
  'inbox_outcomes',
  'inbox_queue',
  'inbox_parked',
  'inbox_failures',
  'dead_letters',
] as const
