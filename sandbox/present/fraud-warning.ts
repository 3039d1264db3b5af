import type Stripe from 'stripe'
import type { FraudWarning } from '../store/records.ts'

export function presentFraudWarning(warning: FraudWarning): Stripe.Radar.EarlyFraudWarning {
  return {
    id: warning.id,
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: warning.charge,
    created: warning.created,
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    payment_intent: warning.intent,
  }
}
