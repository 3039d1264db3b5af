import { stateOf } from '../../support/state-of.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'

export type Outcome = Record<string, object[]>

/** What a run has come to, in rows that are the same whenever it is run. */
export async function outcomeOf(world: World, scenario: Scenario): Promise<Outcome> {
  return scenario.orders === undefined ? stateOf(world.reader) : moneyOf(world)
}

/** Where the provider is a real one, times are real too: what counts is the money and where everything stands. */
async function moneyOf({ sql, provider }: World): Promise<Outcome> {
  const { charges, refunds } = await provider.effects()
  return {
    payments:
      await sql(`select amount_minor, currency, status, capture_method, capturable_minor, received_minor,
      refunded_minor, refund_requested_minor, metadata, last_error, origin
      from payments where merged_into_payment_id is null order by id`),
    attempts: await sql(`select a.step, a.number, a.status, a.amount_minor, a.currency
      from payment_attempts a order by a.created_at, a.id`),
    refunds: await sql('select amount_minor, currency, status from refunds order by 1, 2, 3'),
    balances:
      await sql(`select a.kind, a.currency, sum(d.debit_minor - d.credit_minor)::text as balance
      from balance_deltas d join ledger_accounts a on a.id = d.ledger_account_id group by 1, 2
      having sum(d.debit_minor - d.credit_minor) <> 0 order by 1, 2`),
    charged: charges.map(({ amount, amount_captured, amount_refunded, currency, status }) => ({
      ...{ amount, amount_captured, amount_refunded, currency, status },
    })),
    refunded: refunds.map(({ amount, currency, status }) => ({ amount, currency, status })),
  }
}
