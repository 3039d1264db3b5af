/**
 * The database: one pool, one way to run a statement, one way to open a transaction.
 *
 * In: a URL and bounds. Out: `Database`, and `Transaction` for everything that must commit together.
 * Every statement has a name: it labels the timing metric and names the prepared statement.
 * No other file of the project opens a connection.
 */
import pg from 'pg'
import { together } from './together.ts'

/** One SQL statement. `name` is unique per text; it becomes the prepared statement's name and the metric label. */
export type Statement = { name: string; text: string; values?: unknown[] }
/** Rows of the answer, and how many rows the statement touched. */
export type Answer<Row> = { rows: Row[]; count: number }

export type Queryable = {
  query<Row extends object = never>(statement: Statement): Promise<Answer<Row>>
}
/** A connection inside a transaction. Never hold one over a network call to anything but this database. */
export type Transaction = Queryable & { readonly inTransaction: true }

export type Database = Queryable & {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** The same, with its first read sent together with its begin: a round trip less. It must only read. */
  transactionFrom<Row extends object, T>(
    read: Statement,
    work: (tx: Transaction, answer: Answer<Row>) => Promise<T>,
  ): Promise<T>
  /** A dedicated connection for LISTEN; the caller ends it. */
  connect(): Promise<pg.Client>
  poolState(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export type DatabaseOptions = {
  url: string
  poolSize: number
  applicationName: string
  /** told of each statement's duration; the default drops it */
  onQuery?: (statement: string, seconds: number) => void
  /** told of a connection lost while idle; the pool replaces it by itself */
  onConnectionLost?: (error: Error) => void
  /**
   * Hot paths plan without sequential scans: prepared statements and foreign-key checks otherwise keep the plan
   * they were given when the tables were empty, which costs a factor of twenty once they are not.
   */
  indexOnly?: boolean
  /** how long one statement may take; 60 s unless given. Given, the answer is not waited for longer either. */
  statementMsMax?: number
  /** a pool with nothing to do keeps no process alive */
  mayExitOnIdle?: boolean
  /** the address is a pooler that may run each statement on another connection: nothing is set or prepared on one */
  transactionPooler?: boolean
  /** the driver's own unless given; a test's stops at every statement, those that frame a transaction included */
  clientClass?: typeof pg.Client
}

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 60_000
/** What an answer may take beyond its statement's time before its connection counts as gone. */
const ANSWER_LATE_MS_MAX = 1_000
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
const CONNECTION_LIFETIME_SECONDS = 900

/** Said here, not only inherited: an application that the intake is mounted in may have changed the driver's own. */
export const exactTypes = new pg.TypeOverrides()
exactTypes.setTypeParser(pg.types.builtins.INT8, (text) => text)
exactTypes.setTypeParser(pg.types.builtins.NUMERIC, (text) => text)
exactTypes.setTypeParser(pg.types.builtins.FLOAT8, Number)
exactTypes.setTypeParser(pg.types.builtins.BOOL, (text) => text === 't')

/**
 * Opens a pool. bigint and numeric arrive as text, so that nothing is rounded; timestamps as `Date`.
 * A connection lives at most 15 minutes, so that no plan outlives the data it was made for by long.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const settings = [
    `idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
    `statement_timeout=${options.statementMsMax ?? STATEMENT_TIMEOUT_MS}`,
    'jit=off',
    ...(options.indexOnly ? ['enable_seqscan=off'] : []),
  ]
  const connection = {
    connectionString: options.url,
    application_name: options.applicationName,
    ...(options.transactionPooler
      ? {}
      : { options: settings.map((setting) => `-c ${setting}`).join(' ') }),
    // A connection that went silent, as a process that was suspended may hold, has nobody who would enforce the other.
    ...(options.statementMsMax !== undefined && {
      query_timeout: options.statementMsMax + ANSWER_LATE_MS_MAX,
    }),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // Statements given together are sent together: a transaction need not wait for an answer it does not read.
    pipeline: true,
    types: exactTypes,
  }
  const pool = new pg.Pool({
    ...connection,
    max: options.poolSize,
    maxLifetimeSeconds: CONNECTION_LIFETIME_SECONDS,
    allowExitOnIdle: options.mayExitOnIdle ?? false,
    ...(options.clientClass && { Client: options.clientClass }),
  })
  pool.on('error', (error) => options.onConnectionLost?.(error))

  const run = async <Row extends object>(
    client: pg.Pool | pg.PoolClient,
    statement: Statement,
  ): Promise<Answer<Row>> => {
    const startedAt = performance.now()
    try {
      const result = await client.query<Row>(
        options.transactionPooler ? unnamed(statement) : statement,
      )
      return { rows: result.rows, count: result.rowCount ?? 0 }
    } finally {
      options.onQuery?.(statement.name, (performance.now() - startedAt) / 1000)
    }
  }

  const close = async () => {
    if (!pool.ended) await pool.end()
  }
  return {
    query: (statement) => run(pool, statement),
    transaction: (work) =>
      inTransaction(pool, run, async (client, tx) => {
        await client.query('begin')
        return work(tx)
      }),
    transactionFrom: (read, work) =>
      inTransaction(pool, run, async (client, tx) => {
        const begun = client.query('begin')
        const [, answer] = await together(
          begun,
          tx.query<Parameters<typeof work>[1]['rows'][0]>(read),
        )
        return work(tx, answer)
      }),
    connect: async () => {
      const client = new (options.clientClass ?? pg.Client)(connection)
      await client.connect()
      return client
    },
    poolState: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function unnamed({ text, values }: Statement): Omit<Statement, 'name'> {
  return { text, ...(values && { values }) }
}

async function inTransaction<T>(
  pool: pg.Pool,
  run: <Row extends object>(client: pg.PoolClient, statement: Statement) => Promise<Answer<Row>>,
  beginAndWork: (client: pg.PoolClient, tx: Transaction) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  // A connection that breaks while checked out reports here too; the statement that was running rejects anyway.
  const ignoreLateError = () => {}
  client.on('error', ignoreLateError)
  let broken: Error | undefined
  try {
    const tx: Transaction = { inTransaction: true, query: (statement) => run(client, statement) }
    const result = await beginAndWork(client, tx)
    const { command } = await client.query('commit')
    // A transaction that failed answers a commit with a rollback, and with no error.
    if (command !== 'COMMIT') throw new Error('the transaction had failed and was rolled back')
    return result
  } catch (error) {
    broken = await rollback(client)
    throw error
  } finally {
    client.off('error', ignoreLateError)
    client.release(broken)
  }
}

/** Undefined when the connection is fit for the pool again; the error when it has to be thrown away. */
async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
