/** The only reader of the environment: the sandbox's own settings, checked, one error for all of them. */
import type { SandboxOptions } from './sandbox.ts'

const PORT_DEFAULT = 12111

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): SandboxOptions {
  const faults: string[] = []
  const integer = (name: string, fallback: number, most: number) => {
    const text = env[name]
    const value = text === undefined || text === '' ? fallback : Number(text)
    if (!Number.isInteger(value) || value < 0 || value > most)
      faults.push(`${name} must be an integer from 0 to ${most}`)
    return value
  }
  const port = integer('SANDBOX_PORT', PORT_DEFAULT, 65535)
  const seed = integer('SANDBOX_SEED', 1, 2 ** 32)
  const durable = env.SANDBOX_DURABLE || 'on'
  if (durable !== 'on' && durable !== 'off') faults.push('SANDBOX_DURABLE must be on or off')
  const webhookUrl = env.SANDBOX_WEBHOOK_URL || undefined
  const webhookSecret = env.SANDBOX_WEBHOOK_SECRET || undefined
  if (webhookUrl !== undefined && !URL.canParse(webhookUrl))
    faults.push('SANDBOX_WEBHOOK_URL must be a URL')
  if ((webhookUrl === undefined) !== (webhookSecret === undefined))
    faults.push('SANDBOX_WEBHOOK_URL and SANDBOX_WEBHOOK_SECRET go together')
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return {
    port,
    seed,
    durable: durable === 'on',
    dataDir: env.SANDBOX_DATA_DIR || '.payonce',
    ...(webhookUrl !== undefined && { webhookUrl }),
    ...(webhookSecret !== undefined && { webhookSecret }),
  }
}
