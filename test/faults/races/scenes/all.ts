import type { Scene } from '../scene.ts'
import { crowd, doubleClicks, oneOrder } from './double-clicks.ts'
import { captureCancelRefund, webhooksAndAnswers } from './one-payment.ts'
import { killed, zombie } from './processes.ts'
import { manyResolvers } from './resolvers.ts'
import { sameKeyTwoTenants } from './tenants.ts'

export const scenes: readonly Scene[] = [
  doubleClicks,
  oneOrder,
  crowd,
  captureCancelRefund,
  webhooksAndAnswers,
  manyResolvers,
  sameKeyTwoTenants,
  zombie,
  killed,
]
