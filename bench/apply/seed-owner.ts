import { accountId, merchantId } from '../../test/support/inbox.ts'
import { runSql } from '../support/private-postgres.ts'

/** The merchant and provider account the events of the test support belong to. */
export async function seedOwner(url: string): Promise<void> {
  await runSql(
    url,
    `insert into merchants values ('${merchantId}', 'Bench', payonce_clock());
     insert into provider_accounts (id, merchant_id, provider, is_environment, created_at)
     values ('${accountId}', '${merchantId}', 'stripe', true, payonce_clock());`,
  )
}
