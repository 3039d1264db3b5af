import type { ArmedFaults, Fault } from '../faults/armed-faults.ts'
import { faultModes } from '../faults/modes.ts'
import { operations } from '../stripe/operations.ts'
import { readChoice, readFields, readNumber } from './read-json.ts'

const TIMES_MAX = 1_000_000
const DELAY_MS_MAX = 3_600_000
const operationNames = ['*', ...operations.map(({ name }) => name)]

export function armFault(faults: ArmedFaults, body: string) {
  const fields = readFields(body, ['operation', 'mode', 'times', 'delay_ms'])
  const fault = faults.arm({
    operation: readChoice(fields, 'operation', operationNames),
    mode: readChoice(fields, 'mode', faultModes),
    times: readNumber(fields, 'times', { fallback: 1, least: 1, most: TIMES_MAX }),
    delayMs: readNumber(fields, 'delay_ms', { fallback: 0, least: 0, most: DELAY_MS_MAX }),
  })
  return presentFault(fault)
}

export const listFaults = (faults: ArmedFaults) => ({ faults: faults.list().map(presentFault) })

function presentFault({ operation, mode, times, delayMs, fired }: Fault) {
  return { operation, mode, times, delay_ms: delayMs, armed: times - fired, fired }
}
