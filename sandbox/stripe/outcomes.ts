/** What the network adds to a decline: whether another try may help, and its own code. */
type Outcome = { readonly advice: string | null; readonly networkCode: string | null }

const unknown: Outcome = { advice: null, networkCode: null }
const outcomes: Readonly<Record<string, Outcome>> = {
  generic_decline: { advice: 'try_again_later', networkCode: '01' },
  insufficient_funds: { advice: 'try_again_later', networkCode: '51' },
  lost_card: { advice: 'do_not_try_again', networkCode: '41' },
  stolen_card: { advice: 'do_not_try_again', networkCode: '43' },
  card_velocity_exceeded: { advice: 'try_again_later', networkCode: '61' },
  authentication_required: { advice: 'confirm_card_data', networkCode: '1A' },
}

export function findOutcome(declineCode: string | null): Outcome {
  return (declineCode === null ? undefined : outcomes[declineCode]) ?? unknown
}
