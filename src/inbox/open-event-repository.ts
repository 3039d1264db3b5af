import type { EventRepository } from '../domain/event-repository.ts'
import { openDatabase } from '../store/db.ts'
import { openIdSource } from '../store/new-id.ts'
import { findEnvironmentAccount } from '../store/provider-accounts.ts'
import { createEventRepository } from './event-repository.ts'

const POOL_SIZE = 2

/**
 * Opens the repository over the database of an installation; events belong to the account of its environment. What is
 * inserted is applied by its workers, within a second.
 * @throws Error when no Payonce has been started on that database yet
 */
export async function openEventRepository(
  databaseUrl: string,
): Promise<EventRepository & AsyncDisposable> {
  const database = openDatabase({
    url: databaseUrl,
    poolSize: POOL_SIZE,
    applicationName: 'payonce-event-repository',
  })
  try {
    const account = await findEnvironmentAccount(database, 'stripe')
    if (account === undefined)
      throw new Error('this database has no account yet: start Payonce once')
    const newId = openIdSource()
    const repository = createEventRepository({ database, newId, account, onStored: () => {} })
    return { ...repository, [Symbol.asyncDispose]: database.close }
  } catch (error) {
    await database.close()
    throw error
  }
}
