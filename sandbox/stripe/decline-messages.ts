/** What Stripe says to the cardholder, by decline code, or by error code where there is none. */
export const declineMessages: Readonly<Record<string, string>> = {
  authentication_required: 'Your card was declined. This transaction requires authentication.',
  card_velocity_exceeded:
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  expired_card: 'Your card has expired.',
  fraudulent: 'Your card was declined.',
  generic_decline: 'Your card was declined.',
  incorrect_cvc: "Your card's security code is incorrect.",
  insufficient_funds: 'Your card has insufficient funds.',
  lost_card: 'Your card was declined.',
  payment_intent_authentication_failure:
    'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
  stolen_card: 'Your card was declined.',
}
