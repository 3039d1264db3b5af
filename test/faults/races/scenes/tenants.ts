import { askAll, createDeed, deedOn, type Scene } from '../scene.ts'

const CLICK_COUNT = 12

/** Two merchants who happen to choose the same key have each their own payment, and none of the other's. */
export const sameKeyTwoTenants: Scene = {
  name: 'one key of two tenants',
  run: async (arena) => {
    // The provider knows one account here, so it would tell the first tenant of the second one's payments.
    await arena.app.control('POST', '/webhooks', { drop: 1 })
    const key = arena.fresh('shared')
    const mine = createDeed(arena.tenant, key)
    const theirs = createDeed(arena.other, key, { amount_cents: 2_000 })
    const calls = await askAll(arena, [
      ...Array(CLICK_COUNT).fill(mine),
      ...Array(CLICK_COUNT).fill(theirs),
    ])
    await arena.decide(calls)
    const made = arena.history.calls.filter(({ deed }) => deed === mine || deed === theirs)
    const amounts = { [arena.tenant.merchantId]: 1_000, [arena.other.merchantId]: 2_000 }
    for (const { outcome, deed, body, text } of made) {
      if (outcome !== 'ok') continue
      const { merchantId } = deed.tenant
      if (body.merchant_id === merchantId && body.amount_cents === amounts[merchantId]) continue
      throw new Error(`${merchantId} was told of another's payment: ${text}`)
    }
    const id = made.find(({ deed, outcome }) => deed === mine && outcome === 'ok')?.body.id
    const foreign = { ...deedOn(arena, 'refund', id), tenant: arena.other }
    const refused = await askAll(arena, Array(CLICK_COUNT).fill(foreign))
    const seen = refused.find(({ status }) => status !== 404)
    if (seen !== undefined) throw new Error(`another tenant's payment was found: ${seen.text}`)
    await arena.app.control('POST', '/webhooks', {})
    return { calls: [...calls, ...refused], metCount: refused.length }
  },
}
