/** The intake in a process of its own, so that the load generator does not count as blocking it. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type IntakeOptions, openIntake } from './intake-fixture.ts'

const RESOLUTION_MS = 1

const [url = '', options = '{}'] = process.argv.slice(2)
const parsed: IntakeOptions = JSON.parse(options)
const intake = await openIntake(url, parsed)
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()

process.on('message', (message) => {
  if (message === 'reset') delay.reset()
  const delayMsMax = delay.max / 1e6
  process.send?.({
    delayMsMax,
    bytesInFlight: intake.budget.inFlight(),
    heapBytes: process.memoryUsage().rss,
  })
  // Lines of thousands of requests are not what memory is measured for.
  intake.lines.length = 0
})
process.on('disconnect', () => void intake[Symbol.asyncDispose]())
process.send?.({ port: intake.port })
