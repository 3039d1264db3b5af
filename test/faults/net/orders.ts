/** What a merchant asks for, and what they were told. */
export type Final = { status: number; body: string }
export type Finals = ReadonlyMap<string, Final>

export type Order = {
  key: string
  path: (finals: Finals) => string
  body: Record<string, unknown>
}

/** What the orders have come to: every answer that was not `wait`, in the order they came. */
export type Merchant = {
  orders: readonly Order[]
  answers: Map<string, Final[]>
  finals: Finals
}

export function openMerchant(orders: readonly Order[]): Merchant {
  const answers = new Map<string, Final[]>()
  const finals = {
    get: (key: string) => answers.get(key)?.[0],
    has: (key: string) => answers.has(key),
  } as Finals
  return { orders, answers, finals }
}
