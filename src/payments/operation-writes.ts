/**
 * The two commits of an operation, each shared by whoever waits for one at that moment: a payment costs a fraction of a
 * transaction and of its statements. Each request has its own outcome.
 */
import { transactionAt } from '../store/clock.ts'
import { databaseFaultOf, isLockTimeout } from '../store/database-fault.ts'
import type { Database, Transaction } from '../store/db.ts'
import { openGroupCommit } from '../store/group-commit.ts'
import type { SettledAnswer } from '../store/idempotency-keys.ts'
import { limitLockWaits } from '../store/lock-timeout.ts'
import { together } from '../store/together.ts'
import type { ApplyAnswers, AttemptAnswer } from './attempt-answer.ts'
import { type BeginDeps, type Beginning, type Begun, beginOperations } from './begin-operation.ts'
import { MergedPaymentError } from './merged-payment-error.ts'
import { WaitsForPaymentError } from './plan.ts'

export type OperationWrites = {
  /** Key, payment and attempt, before anything is sent. @throws DomainError | KeyTakenError of this one */
  begin(beginning: Beginning): Promise<Begun>
  /**
   * State, history, ledger, outbox, the attempt's outcome and the key's final answer in one commit.
   * @returns the final answer; undefined while the outcome is not known, or when somebody else settled it
   * @throws LostClaimError when somebody claimed the attempt meanwhile
   */
  record(answer: AttemptAnswer): Promise<SettledAnswer | undefined>
}

const bounds = { inFlightCountMax: 2, itemCountMax: 100 }
const LOST_RACE_COUNT_MAX = 5
const SHARED_LOCK_MS_MAX = 1_000

export function openOperationWrites(
  deps: BeginDeps & { database: Database; applyAnswers: ApplyAnswers },
): OperationWrites {
  const begin = (beginnings: Beginning[], isShared: boolean) =>
    inTransaction(deps.database, isShared, (tx, at) =>
      beginOperations(tx, deps, beginnings, { at, isShared }),
    )
  const record = (answers: AttemptAnswer[], isShared: boolean) =>
    inTransaction(deps.database, isShared, async (tx, at) => {
      const settled = await deps.applyAnswers(tx, answers, at)
      return answers.map(({ attempt }) =>
        settled.find(({ operationId }) => operationId === attempt.operationId),
      )
    })
  const creations = openGroupCommit<Beginning, Begun>({
    commit: (beginnings) => begin(beginnings, true),
    isOneAtFault,
    bounds,
    namesOf: ({ request, key }) => {
      const owner = `${request.merchantId} ${request.livemode}`
      const { reference } = request
      const names = [`${owner} key ${key}`]
      return reference === undefined ? names : [...names, `${owner} reference ${reference}`]
    },
  })
  const records = openGroupCommit<AttemptAnswer, SettledAnswer | undefined>({
    commit: (answers) => record(answers, true),
    isOneAtFault,
    bounds,
    namesOf: ({ attempt }) => [attempt.paymentId],
  })
  const beginAlone = async (beginning: Beginning) => theOne(await begin([beginning], false))
  const recordOne = (answer: AttemptAnswer) =>
    records.submit(answer).catch(async (error: unknown) => {
      if (!isLockTimeout(error)) throw error
      return theOne(await record([answer], false))
    })
  return {
    begin: (beginning) => {
      // It may have to wait for its payment.
      if (!beginning.makesPayment) return beginAlone(beginning)
      return creations.submit(beginning).catch((error: unknown) => {
        if (!isLockTimeout(error) && !(error instanceof WaitsForPaymentError)) throw error
        return beginAlone(beginning)
      })
    },
    record: (answer) =>
      recordOne(answer).catch((error: unknown) => {
        if (!(error instanceof MergedPaymentError)) throw error
        // It was merged while the provider was asked; its attempt has moved.
        return recordOne({ ...answer, attempt: { ...answer.attempt, paymentId: error.into } })
      }),
  }
}

function theOne<Result>(outcomes: (Result | Error)[]): Result {
  const [outcome] = outcomes
  if (outcomes.length !== 1) throw new Error(`an operation has ${outcomes.length} outcomes`)
  if (outcome instanceof Error) throw outcome
  return outcome as Result
}

/**
 * A lost race is run again. What others share, or wait behind, never waits long for a lock that somebody keeps: whoever
 * needs it goes on alone.
 */
function inTransaction<Result>(
  database: Database,
  isShared: boolean,
  work: (tx: Transaction, at: Date) => Promise<Result>,
): Promise<Result> {
  return repeatLostRaces(() =>
    transactionAt(database, async (tx, at) => {
      if (!isShared) return work(tx, at)
      const [, result] = await together(limitLockWaits(tx, SHARED_LOCK_MS_MAX), work(tx, at))
      return result
    }),
  )
}

async function repeatLostRaces<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await work()
    } catch (error) {
      if (repeat >= LOST_RACE_COUNT_MAX || !isLostRace(error)) throw error
    }
  }
}

function isLostRace(error: unknown): boolean {
  if (databaseFaultOf(error) === 'transient') return true
  return error instanceof Error && error.name === 'ConcurrentReferenceError'
}

/** A database that is away is away for each of them. */
function isOneAtFault(error: unknown): boolean {
  return isLockTimeout(error) || databaseFaultOf(error) !== 'unavailable'
}
