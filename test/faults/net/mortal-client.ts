/** The driver's client, where every statement is a point: those of transactions and savepoints as well. */
import pg from 'pg'
import type { Crossing, Mortal } from './mortal.ts'

/** Whose connections they are at the moment; undefined: statements pass without being points. */
export type Owner = { mortal: Mortal | undefined }

type Config = string | { name?: string; text: string }
type Callback = (error: Error | undefined, result?: pg.QueryResult) => void

/** Answers of a database that did nothing: a lost race, a full disk, a statement that took too long. */
const refusals = ['40001', '53100', '57014'] as const

export type MortalClient = pg.Client & { processID: number; isInTransaction: boolean }

export function mortalClientClass(options: {
  pool: string
  owner: Owner
  clients: Set<MortalClient>
  /** ends connections at the server and waits until what they held is free */
  cut: (pids: number[]) => Promise<void>
}): typeof pg.Client {
  const { pool, owner, clients, cut } = options
  class Client extends pg.Client {
    /** of the transaction under way: the statement it began with */
    firstStatement: string | undefined
    isInTransaction = false

    constructor(config?: string | pg.ClientConfig) {
      super(config)
      clients.add(this as unknown as MortalClient)
      this.once('end', () => clients.delete(this as unknown as MortalClient))
      const plain = super.query.bind(this) as unknown as (...given: unknown[]) => void
      const send = (config: Config, values?: unknown) =>
        new Promise<pg.QueryResult>((resolve, reject) => {
          plain(config, values, (error: Error | undefined, result: pg.QueryResult) =>
            error ? reject(error) : resolve(result),
          )
        })
      const query = (config: Config, values?: unknown, callback?: Callback) => {
        if (typeof values === 'function') return query(config, undefined, values as Callback)
        const text = typeof config === 'string' ? config : config.text
        const crossing = this.crossingOf(text, () => send(config, values), send)
        const { mortal } = owner
        const name = this.nameOf(config, text)
        const answer =
          mortal === undefined ? crossing.perform() : mortal.pass(`${pool} ${name}`, crossing)
        if (callback === undefined) return answer
        answer.then(
          (result) => callback(undefined, result),
          (error: Error) => callback(error),
        )
        return undefined
      }
      this.query = query as unknown as typeof this.query
    }

    /** A dead process hears nothing, not even that its connection broke. */
    override emit(event: string, ...given: unknown[]): boolean {
      if (event === 'error' && owner.mortal?.isDead === true) return true
      return super.emit(event as never, ...(given as never[]))
    }

    private nameOf(config: Config, text: string): string {
      const name = typeof config === 'string' ? undefined : config.name
      if (name !== undefined) {
        if (this.isInTransaction) this.firstStatement ??= name
        return name
      }
      return text === 'commit' || text === 'rollback'
        ? `${text} of ${this.firstStatement ?? 'nothing'}`
        : text
    }

    private crossingOf(
      text: string,
      perform: () => Promise<pg.QueryResult>,
      send: (text: string) => Promise<pg.QueryResult>,
    ): Crossing<pg.QueryResult> {
      const pid = (this as unknown as MortalClient).processID
      const isEnd = text === 'commit' || text === 'rollback'
      const framed = async () => {
        if (text === 'begin') {
          this.firstStatement = undefined
          this.isInTransaction = true
        }
        try {
          return await perform()
        } finally {
          if (isEnd) this.isInTransaction = false
        }
      }
      return {
        perform: framed,
        refuse: async (chance) => {
          const code = refusals[chance % refusals.length]
          if (isEnd) {
            // A commit that is refused is a rollback; a rollback that fails is a connection that is gone.
            await send('rollback')
            this.isInTransaction = false
            if (text === 'rollback') await cut([pid])
            throw Object.assign(new Error('refused by the net'), { code: '40001' })
          }
          // Said by the server itself, so that the transaction it happens in is really over.
          return send(
            `do $$ begin raise exception 'refused by the net' using errcode = '${code}'; end $$`,
          )
        },
        repeat: async () => {
          await framed()
          await cut([pid])
          throw new Error('Connection terminated unexpectedly')
        },
      }
    }
  }
  return Client as unknown as typeof pg.Client
}
