import type Stripe from 'stripe'

export type Control = {
  faults(fault: {
    operation: string
    mode: string
    times?: number
    delay_ms?: number
  }): Promise<unknown>
  firedFaults(): Promise<{ mode: string; armed: number; fired: number }[]>
  advance(seconds: number): Promise<void>
  effects(): Promise<Record<string, { id: string; [field: string]: unknown }[]>>
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>
}

/** The control API of a sandbox, as a program uses it. */
export function controlOf(address: string): Control {
  const call: Control['call'] = async (method, path, body) => {
    const response = await fetch(`${address}/_sandbox/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return {
    call,
    faults: (fault) => call('POST', 'faults', fault),
    firedFaults: async () =>
      (await call('GET', 'faults')).body.faults as { mode: string; armed: number; fired: number }[],
    advance: async (seconds) => {
      await call('POST', 'clock', { advance_seconds: seconds })
    },
    effects: async () =>
      (await call('GET', 'effects')).body as Awaited<ReturnType<Control['effects']>>,
  }
}

/** A payment of 10.00 with a card that works, confirmed in the same call. */
export const paid = {
  amount: 1000,
  currency: 'usd',
  confirm: true,
  payment_method: 'pm_card_visa',
  allowed_payment_method_types: ['card'],
} satisfies Stripe.PaymentIntentCreateParams
