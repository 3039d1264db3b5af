/** A version's wire form, by its kind. Pure: the same version gives the same bytes, today and after a restart. */

import type { Chance } from '../chance.ts'
import type { Version } from '../store/records.ts'
import type { State } from '../store/state.ts'
import { presentCharge } from './charge.ts'
import { presentEvent } from './event.ts'
import { presentIntent } from './payment-intent.ts'
import { presentMethod } from './payment-method.ts'
import { presentRefund } from './refund.ts'

export type Presenting = {
  readonly state: State
  readonly chance: Chance
  /** where the pages of the sandbox are, such as the one for 3D Secure */
  readonly origin: string
}

export const API_VERSION = '2026-10-28.endive'

export function present(from: Presenting, version: Version): object {
  switch (version.kind) {
    case 'payment_intent':
      return presentIntent(from, version.record)
    case 'charge':
      return presentCharge(from.state, version.record)
    case 'refund':
      return presentRefund(version.record)
    case 'payment_method':
      return presentMethod(version.record)
    case 'event': {
      const { record } = version
      return presentEvent(record, {
        about: present(from, record.about),
        pending: from.state.pendingWebhooks(record.id),
        apiVersion: API_VERSION,
      })
    }
    default:
      throw new Error(`no wire form for ${version.kind}`)
  }
}
