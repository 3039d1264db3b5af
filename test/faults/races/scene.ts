import { charge } from '../../support/payments-app.ts'
import type { Arena } from './arena.ts'
import { groupByDeed } from './check-history.ts'
import type { Call, Deed, Tenant } from './history.ts'
import { readTruth } from './truth.ts'

/** One kind of race. `run` asks for things at once and returns every call it made. */
export type Scene = {
  name: string
  run(arena: Arena): Promise<Round>
  /**
   * Set: locks are taken in one order, and a deadlock is a bug. Otherwise references that become known in the middle of a
   * transaction may be locked in another order; who loses tries again.
   */
  locksInOrder?: true
}
export type Round = {
  /** those of the race itself; what is asked again afterwards is in the history */
  calls: Call[]
  /** how often something met something else; 0 in a whole run says that there was no race */
  metCount: number
  unknown?: Unknown
}
/** Deeds nobody was told the end of, and how many of those had been done by then. */
export type Unknown = { deedCount: number; doneCount: number }

/** Of what nobody was told the end of: how much had been done? None of it may be taken for undone. */
export async function countUnknown({ app }: Arena, calls: readonly Call[]): Promise<Unknown> {
  const open = [...groupByDeed(calls)].filter(([, answers]) =>
    answers.every(({ outcome }) => outcome === 'unknown'),
  )
  const deeds = open.map(([deed]) => deed)
  const truth = await readTruth(app, deeds)
  const done = deeds.filter((deed) => truth.countOf(deed) > 0)
  return { deedCount: deeds.length, doneCount: done.length }
}

export const createDeed = (
  tenant: Tenant,
  key: string | undefined,
  changed: Record<string, unknown> = {},
): Deed => ({
  ...{ tenant, kind: 'create', path: '/payments', body: { ...charge, ...changed } },
  ...(key !== undefined && { key }),
})

export const deedOn = (
  { tenant, fresh }: Arena,
  kind: Exclude<Deed['kind'], 'create'>,
  paymentId: string,
  body: Record<string, unknown> = {},
): Deed => ({
  ...{ tenant, kind, body, paymentId, key: fresh(kind) },
  path: `/payments/${paymentId}/${kind}`,
})

/** A payment that is there before the race begins. */
export async function makePayment(
  arena: Arena,
  changed: Record<string, unknown> = {},
): Promise<string> {
  const answer = await arena.app.post(
    '/payments',
    { ...charge, ...changed },
    { key: arena.fresh('made') },
  )
  if (answer.status !== 201) throw new Error(`no payment to race for: ${answer.text}`)
  return answer.body.id as string
}

/** All at once, each to a process of its own choice. */
export function askAll(arena: Arena, deeds: readonly Deed[]): Promise<Call[]> {
  return Promise.all(deeds.map((deed) => arena.history.ask(deed, arena.anyUrl())))
}
