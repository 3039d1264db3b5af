/** A merchant that asks for one thing after another, each under a key of its own, until each has its final answer. */
import type { Application } from './application.ts'
import type { HttpAnswer } from './http.ts'
import type { Final, Merchant, Order } from './orders.ts'

/** Asks for everything that has no final answer yet, in order; stops where one has to be waited for. */
export async function pursue(app: Application, merchant: Merchant): Promise<void> {
  for (const order of merchant.orders) {
    if (merchant.finals.has(order.key)) continue
    const answer = await askOnce(app, merchant, order)
    if (answer === 'wait') return
    note(merchant, order.key, answer)
  }
}

/** Asks for everything that has no final answer yet, all at once, as many customers do. */
export async function pursueTogether(app: Application, merchant: Merchant): Promise<void> {
  const open = merchant.orders.filter(({ key }) => !merchant.finals.has(key))
  await Promise.all(
    open.map(async (order) => {
      const answer = await askOnce(app, merchant, order)
      if (answer !== 'wait') note(merchant, order.key, answer)
    }),
  )
}

/** Asks for all of it once more, as a merchant does who lost what they had been told. */
export async function repeatAll(app: Application, merchant: Merchant): Promise<void> {
  for (const order of merchant.orders) {
    if (!merchant.finals.has(order.key)) continue
    const answer = await askOnce(app, merchant, order)
    note(merchant, order.key, answer === 'wait' ? { status: 202, body: '' } : answer)
  }
}

/** The first key for something else. @returns the code it is refused with */
export async function reuseKey(app: Application, merchant: Merchant): Promise<string | undefined> {
  const [order] = merchant.orders
  if (order === undefined || !merchant.finals.has(order.key)) return undefined
  const other = JSON.stringify({ ...order.body, description: 'another request' })
  const path = order.path(merchant.finals)
  const { status, body } = await app.post(path, { 'idempotency-key': order.key }, other)
  return status < 400 ? body : (JSON.parse(body) as { code: string }).code
}

function note({ answers }: Merchant, key: string, answer: Final): void {
  answers.set(key, [...(answers.get(key) ?? []), answer])
}

async function askOnce(
  app: Application,
  { finals }: Merchant,
  { key, path, body }: Order,
): Promise<Final | 'wait'> {
  const answer = await app.post(path(finals), { 'idempotency-key': key }, JSON.stringify(body))
  return isFinal(answer) ? { status: answer.status, body: answer.body } : 'wait'
}

/** An answer to the operation carries its key; whatever else there is, is for another try. */
function isFinal({ status, headers }: HttpAnswer): boolean {
  return status !== 202 && headers['idempotency-key'] !== undefined
}
