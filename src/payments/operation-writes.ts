/**
 * The two commits of an operation, each shared by whoever waits for one at that moment: a payment costs a fraction of a
 * transaction and of its statements. Each request has its own outcome.
 */
import { transactionAt } from '../store/clock.ts'
import { databaseFaultOf } from '../store/database-fault.ts'
import type { Database } from '../store/db.ts'
import { openGroupCommit } from '../store/group-commit.ts'
import type { SettledAnswer } from '../store/idempotency-keys.ts'
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

export function openOperationWrites(
  deps: BeginDeps & { database: Database; applyAnswers: ApplyAnswers },
): OperationWrites {
  const begin = (beginnings: Beginning[], isShared: boolean) =>
    transactionAt(deps.database, (tx, at) =>
      beginOperations(tx, deps, beginnings, { at, isShared }),
    )
  /** It may have to wait for its payment, and nobody else shall wait with it. */
  const beginAlone = async (beginning: Beginning): Promise<Begun> => {
    const [begun] = await begin([beginning], false)
    if (begun === undefined) throw new Error('an operation has no outcome')
    if (begun instanceof Error) throw begun
    return begun
  }
  const creations = openGroupCommit<Beginning, Begun>({
    commit: (beginnings) => repeatLostRaces(() => begin(beginnings, true)),
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
    commit: (answers) =>
      repeatLostRaces(() =>
        transactionAt(deps.database, async (tx, at) => {
          const settled = await deps.applyAnswers(tx, answers, at)
          return answers.map(({ attempt }) =>
            settled.find(({ operationId }) => operationId === attempt.operationId),
          )
        }),
      ),
    isOneAtFault,
    bounds,
    namesOf: ({ attempt }) => [attempt.paymentId],
  })
  return {
    begin: (beginning) => {
      if (!beginning.makesPayment) return beginAlone(beginning)
      return creations.submit(beginning).catch((error: unknown) => {
        if (!(error instanceof WaitsForPaymentError)) throw error
        return beginAlone(beginning)
      })
    },
    record: (answer) =>
      records.submit(answer).catch((error: unknown) => {
        if (!(error instanceof MergedPaymentError)) throw error
        // It was merged while the provider was asked; its attempt has moved.
        return records.submit({ ...answer, attempt: { ...answer.attempt, paymentId: error.into } })
      }),
  }
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
  return databaseFaultOf(error) !== 'unavailable'
}
