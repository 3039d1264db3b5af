import type { IntakeAnswer, IntakeDelivery } from './delivery.ts'

/** What a `Request` does not say. */
export type FetchContext = {
  /** `pac_...` for the account of its own address; the environment's account unless given */
  accountId?: string | undefined
  remoteAddress?: string | undefined
}

/** Whatever else a framework puts into the second argument is not ours and is not read. */
export async function answerFetch(
  receive: (delivery: IntakeDelivery) => Promise<IntakeAnswer>,
  request: Request,
  { accountId, remoteAddress }: FetchContext = {},
): Promise<Response> {
  const { method, headers } = request
  const answer = await receive({ method, headers, body: request, accountId, remoteAddress })
  return new Response(answer.body, { status: answer.status, headers: answer.headers })
}
