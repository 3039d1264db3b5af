/** The intake in a process of its own, so that the load generator does not count as blocking it. */
import { type IntakeOptions, openIntake } from './intake-fixture.ts'
import { openLoopMeter } from './loop-meter.ts'

const [url = '', options = '{}'] = process.argv.slice(2)
const parsed: IntakeOptions = JSON.parse(options)
const intake = await openIntake(url, parsed)
const meter = openLoopMeter()

process.on('message', (message) => {
  if (message === 'reset') meter.reset()
  const residentBytes = process.memoryUsage().rss
  process.send?.({ ...meter.read(), residentBytes, bytesInFlight: intake.budget.inFlight() })
  // Lines of thousands of requests are not what memory is measured for.
  intake.lines.length = 0
})
process.on('disconnect', () => void intake[Symbol.asyncDispose]())
process.send?.({ port: intake.port })
