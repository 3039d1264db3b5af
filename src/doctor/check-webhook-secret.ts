import { counted, type Finding, fail, ok, warn } from './finding.ts'
import type { SelfTest } from './send-self-test.ts'

/**
 * Whether the running instance verifies with the secrets that are configured here.
 * @param refusedCount webhooks it has refused for their signature since its start
 */
export function checkWebhookSecret(
  { answers, unreachable }: SelfTest,
  { isConfigured, refusedCount }: { isConfigured: boolean; refusedCount: number | undefined },
): Finding | undefined {
  const name = 'webhook secret'
  if (unreachable !== undefined || answers.length === 0) return undefined
  const refused = answers.flatMap(({ code }, index) =>
    code === 'signature_mismatch' ? [index + 1] : [],
  )
  if (refused.length > 0) {
    const which = answers.length === 1 ? 'The secret' : `Secret number ${refused.join(' and ')}`
    return fail(
      name,
      `${which} of ${isConfigured ? 'STRIPE_WEBHOOK_SECRET' : 'this data folder'} is not one the running instance verifies with.`,
      isConfigured
        ? 'Restart Payonce with this STRIPE_WEBHOOK_SECRET, or correct it to the one it runs with.'
        : 'Set STRIPE_WEBHOOK_SECRET here to the one the instance runs with, or give --secret.',
    )
  }
  if (!answers.every(({ status }) => status === 200)) return undefined
  const count = answers.length === 1 ? 'The secret' : `All ${answers.length} secrets`
  if (refusedCount !== undefined && refusedCount > 0) {
    return warn(
      name,
      `${count} known here ${answers.length === 1 ? 'is' : 'are'} in force, but ${counted(refusedCount, 'webhook was refused for its', 'webhooks were refused for their')} signature since it started.`,
      'Compare with the signing secret of this very endpoint and mode in the provider’s dashboard; npx payonce doctor --url tests a proxy in between.',
    )
  }
  return ok(
    name,
    isConfigured
      ? `${count} of STRIPE_WEBHOOK_SECRET verified.`
      : 'The secret that was made at the first start verified; set STRIPE_WEBHOOK_SECRET to that of the provider when there is one.',
  )
}

/** Without those that were sent by the command line. */
const failures = /^webhook_signature_failures_total\{(?![^}]*code="self_test")[^}]*\} (\d+)/gm

/** How many webhooks an instance has refused for their signature, by its own metrics; undefined when it does not tell. */
export async function countRefused(address: string): Promise<number | undefined> {
  try {
    const answer = await fetch(new URL('/metrics', address), { signal: AbortSignal.timeout(5_000) })
    if (!answer.ok) return undefined
    const counts = [...(await answer.text()).matchAll(failures)].map(([, count]) => Number(count))
    return counts.reduce((sum, count) => sum + count, 0)
  } catch {
    // Metrics may be closed to us; that is no finding about the secret.
    return undefined
  }
}
