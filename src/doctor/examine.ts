/**
 * Doctor: looks at an installation from the outside and says what is wrong with it and how it is mended.
 *
 * In: what the installation is said to be (a patient). Out: findings, told one by one as they are made.
 * Promise: it changes no money and no setting; a check that fails itself is a finding, never an end.
 * Imports inbox, providers, store and domain.
 */
import type { Database } from '../store/db.ts'
import { listHandlers } from '../store/event-handlers.ts'
import { readServerFacts } from '../store/server-facts.ts'
import { checkClock } from './check-clock.ts'
import { checkConfiguration } from './check-configuration.ts'
import { checkConnections } from './check-connections.ts'
import { checkDeadLetters } from './check-dead-letters.ts'
import { checkDisk } from './check-disk.ts'
import { checkDurability } from './check-durability.ts'
import { checkHandlerModule, checkHandlerRuns, type HandlerModule } from './check-handlers.ts'
import { checkIntake } from './check-intake.ts'
import { checkNode } from './check-node.ts'
import { checkProxy } from './check-proxy.ts'
import { checkQueue } from './check-queue.ts'
import { checkRedis, type RedisProbeResult } from './check-redis.ts'
import { checkSchema } from './check-schema.ts'
import { checkServer } from './check-server.ts'
import { checkWebhookSecret, countRefused } from './check-webhook-secret.ts'
import { checkWorker } from './check-worker.ts'
import { type Finding, fail, messageOf } from './finding.ts'
import { sendSelfTest } from './send-self-test.ts'

export type Patient = {
  nodeVersion: string
  nodeRange: string
  problems: readonly { variable: string; rule: string; fix: string }[]
  /** undefined: the database lies elsewhere, and so does its disk */
  dataDir: string | undefined
  poolSizes: readonly number[]
  /** @throws when there is no database to be had */
  openDatabase: () => Promise<{ database: Database; url: string }>
  /** undefined: no Redis is configured */
  redis: { address: string; probe: () => Promise<RedisProbeResult> } | undefined
  /** undefined: there is no module of handlers */
  loadHandlers: (() => Promise<HandlerModule>) | undefined
  /** where the intake listens */
  address: string
  /** configured secrets; empty: the one that was made at the first start is asked for */
  configuredSecrets: readonly string[]
  findMadeSecret: () => Promise<string | undefined>
  /** where the provider delivers to, through a proxy; undefined: not to be looked at */
  proxyAddress: string | undefined
  nowMs: () => number
  /** how long a worker may take to apply an event */
  patienceMs: number
}

/** @param tell called with each finding as soon as it is made */
export async function examine(
  patient: Patient,
  tell: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const look = async (name: string, check: () => Promise<Finding[]> | Finding[]) => {
    const found = await Promise.resolve()
      .then(check)
      .catch((error: unknown) => [
        fail(
          name,
          `The check itself failed: ${messageOf(error)}`,
          'Mend what it names, and look again.',
        ),
      ])
    for (const finding of found) tell(finding)
    findings.push(...found)
    return found
  }

  await look('node', () => [checkNode(patient.nodeVersion, patient.nodeRange)])
  await look('configuration', () => checkConfiguration(patient.problems))
  const { dataDir } = patient
  if (dataDir !== undefined) await look('disk', async () => [await checkDisk(dataDir)])
  const { redis } = patient
  if (redis !== undefined) {
    await look('redis', async () => [checkRedis(redis.address, await redis.probe())])
  }
  const database = await examineDatabase(patient, look)
  await examineHandlers(patient, database, look)
  await examineWebhooks(patient, database, look)
  return findings
}

type Look = (name: string, check: () => Promise<Finding[]> | Finding[]) => Promise<Finding[]>

/** @returns the database if its schema is fit for questions */
async function examineDatabase(patient: Patient, look: Look): Promise<Database | undefined> {
  let opened: { database: Database; url: string } | undefined
  await look('database', async () => {
    try {
      opened = await patient.openDatabase()
      const facts = await readServerFacts(opened.database)
      return [
        checkServer(facts),
        checkDurability(facts),
        checkConnections(facts, patient.poolSizes),
      ]
    } catch (error) {
      opened = undefined
      return [
        fail(
          'database',
          `It does not answer: ${messageOf(error)}`,
          'Start it, or correct DATABASE_URL (host, port, user, password, name) or PAYONCE_DATA_DIR.',
        ),
      ]
    }
  })
  if (opened === undefined) return undefined
  const { database, url } = opened
  const schema = await look('schema', async () => [await checkSchema(url)])
  if (schema.some(({ status }) => status === 'fail')) return undefined
  await look('clock', async () => [await checkClock(database, patient.nowMs)])
  await look('queue', async () => [await checkQueue(database)])
  await look('dead letters', async () => [await checkDeadLetters(database)])
  return database
}

async function examineHandlers(
  { loadHandlers }: Patient,
  database: Database | undefined,
  look: Look,
): Promise<void> {
  let loaded: string[] | undefined
  if (loadHandlers !== undefined) {
    const load = async () => {
      const module = await loadHandlers()
      loaded = module.handlers
      return module
    }
    await look('handlers', async () => [await checkHandlerModule(load)])
  }
  if (database === undefined) return
  await look('handler runs', async () => checkHandlerRuns(await listHandlers(database), loaded))
}

async function examineWebhooks(
  patient: Patient,
  database: Database | undefined,
  look: Look,
): Promise<void> {
  const { address, nowMs, patienceMs, proxyAddress, configuredSecrets } = patient
  const isConfigured = configuredSecrets.length > 0
  const made = isConfigured ? undefined : await patient.findMadeSecret().catch(() => undefined)
  const secrets = made === undefined ? configuredSecrets : [made]
  const refusedCount = await countRefused(address)
  const selfTest = await sendSelfTest({ address, secrets, database, nowMs, patienceMs })
  await look('intake', () => [checkIntake(selfTest, { hasDatabase: database !== undefined })])
  await look('webhook secret', () =>
    present(checkWebhookSecret(selfTest, { isConfigured, refusedCount })),
  )
  if (database !== undefined) await look('worker', () => present(checkWorker(selfTest)))
  const [secret] = secrets
  if (proxyAddress === undefined || secret === undefined) return
  const [first] = selfTest.answers
  const isSecretRight = first === undefined ? undefined : first.status === 200
  await look('proxy', () => checkProxy({ address: proxyAddress, secret, isSecretRight, nowMs }))
}

function present(finding: Finding | undefined): Finding[] {
  return finding === undefined ? [] : [finding]
}
