import type { ErrorEntry } from './error-entry.ts'
import { paymentErrors } from './payment-errors.ts'

export type { ErrorEntry }

export const errorCatalogue = {
  signature_missing: {
    status: 400,
    title: 'The webhook signature is missing',
    cause:
      'The request has no signature header, or the header holds no timestamp or no v1 signature.',
    fix: 'Send the provider to this address directly; a proxy in between must pass the signature header on unchanged.',
    retryable: false,
  },
  signature_mismatch: {
    status: 400,
    title: 'The webhook signature does not match',
    cause: 'No configured signing secret gives the signature that came with these bytes.',
    fix: "Copy the signing secret of this very endpoint and mode from the provider's dashboard, and make sure nothing between the provider and this server changes the body.",
    retryable: false,
  },
  timestamp_outside_tolerance: {
    status: 400,
    title: 'The webhook timestamp is too far from our clock',
    cause: 'The signature is right, but it was made too long ago or in the future.',
    fix: "Set this server's clock by NTP. An old delivery that was recorded and sent again is refused on purpose: ask the provider to resend it.",
    retryable: false,
  },
  origin_not_allowed: {
    status: 403,
    title: 'This address may not send webhooks here',
    cause: 'The sender is not in the list of networks that webhooks are accepted from.',
    fix: "Add the provider's published networks to the allow-list, or send from one of them.",
    retryable: false,
  },
  unknown_webhook_endpoint: {
    status: 404,
    title: 'There is no such webhook endpoint',
    cause: 'No provider account has this id.',
    fix: 'Use the address shown with the provider account: /webhooks/<provider>/<pac_...>.',
    retryable: false,
  },
  intake_full: {
    status: 503,
    title: 'Too many webhook bytes are in flight',
    cause:
      'More webhook bytes are waiting than this server holds at once. Nothing of this delivery was kept.',
    fix: 'Wait and deliver again, as providers do by themselves; raise INTAKE_BYTES_MAX if this happens in normal traffic.',
    retryable: true,
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    cause: 'The body is larger than this address accepts.',
    fix: 'Send less in one request.',
    retryable: false,
  },
  body_unreadable: {
    status: 400,
    title: 'The body did not arrive whole',
    cause: 'The connection ended, or the time for sending ran out, before the whole body was here.',
    fix: 'Send the request again.',
    retryable: true,
  },
  body_not_json: {
    status: 400,
    title: 'The body is not JSON',
    cause: 'The body is not valid UTF-8, or is not one JSON value.',
    fix: 'Send JSON in UTF-8.',
    retryable: false,
  },
  body_too_deep: {
    status: 400,
    title: 'The body is nested too deeply',
    cause: 'The JSON nests objects and arrays deeper than 128 levels.',
    fix: 'Send a flatter body.',
    retryable: false,
  },
  event_field_invalid: {
    status: 400,
    title: 'A field of the event is not what the provider documents',
    cause:
      'The event lacks a field that every event has, or the field has another type, or an amount is below zero.',
    fix: 'Compare the field with its reference at the provider. An answer names it in errors[], a stored failure in its detail.',
    retryable: false,
  },
  event_not_storable: {
    status: 400,
    title: 'The database refuses this event',
    cause: 'The event was understood, but one of its values cannot be stored.',
    fix: 'This is a fault of ours: report it with the request id.',
    retryable: false,
  },
  parser_overloaded: {
    status: 503,
    title: 'Too many large bodies wait to be read',
    cause:
      'Large bodies are read one at a time, and this one could not be read in time. Nothing of it was kept.',
    fix: 'Wait and deliver again, as providers do by themselves.',
    retryable: true,
  },
  body_already_read: {
    status: 500,
    title: 'The body was read before the intake saw it',
    cause:
      'Something in front of the webhook handler consumed or parsed the body, and the signature is over its bytes.',
    fix: 'Mount the webhook handler before any body parser, or hand it the raw bytes. The provider delivers again.',
    retryable: true,
  },
  content_encoding_unsupported: {
    status: 415,
    title: 'Compressed bodies are not accepted',
    cause: 'The request has a Content-Encoding other than identity.',
    fix: 'Send the body uncompressed.',
    retryable: false,
  },
  media_type_unsupported: {
    status: 415,
    title: 'The media type is not accepted',
    cause: 'This address reads application/json only.',
    fix: 'Send Content-Type: application/json.',
    retryable: false,
  },
  database_unavailable: {
    status: 503,
    title: 'The database does not answer',
    cause:
      'The database is away, full, read-only or has no free connection. Whether this request was kept is not known; a repeat is safe.',
    fix: 'Send the same request again.',
    retryable: true,
  },
  database_not_migrated: {
    status: 503,
    title: 'The database does not have our tables',
    cause:
      'A table, column or function that every release brings is not there. Nothing of this delivery was kept.',
    fix: 'Run npm run migrate on this database, or start a Payonce on it, which does the same; the provider delivers again.',
    retryable: true,
  },
  unauthenticated: {
    status: 401,
    title: 'The API key is missing or not valid',
    cause: 'The request has no API key, or one that is unknown or revoked.',
    fix: 'Send Authorization: Bearer <key>.',
    retryable: false,
  },
  event_id_collision: {
    status: 409,
    title: 'Event id already used',
    cause: 'An event with this id but another type, time or object is already stored.',
    fix: 'Look at both under the collisions of GET /provider-events; the new one was kept aside and not applied.',
    retryable: false,
  },
  value_not_storable: {
    status: 422,
    title: 'The database refuses a value of the event',
    cause: 'The event was read, but a value that follows from it cannot be stored.',
    fix: 'Compare the payload of the event with its reference at the provider; if it is as documented, report it with the detail of the failure.',
    retryable: true,
  },
  constraint_violated: {
    status: 409,
    title: 'The event contradicts what is stored',
    cause:
      'Applying the event would break a rule of the schema, whose name is the code of the failure. It was given up at once, because a repeat cannot help.',
    fix: 'Report it with the name of the rule and the payload. Once the contradiction is gone, retry the event.',
    retryable: false,
  },
  worker_died: {
    status: 500,
    title: 'A worker ended while it applied this event',
    cause:
      'The process ended more than once while this event was alone in its batch: killed, out of memory, or crashed by the event.',
    fix: 'Look at the log of the worker before its end and at the size of the payload; retry the event once the cause is gone.',
    retryable: true,
  },
  payload_archived: {
    status: 410,
    title: 'The payload of the event is archived',
    cause:
      'The month in which the event came is no longer in the database, so the event cannot be applied again.',
    fix: 'Restore the archived month, then replay the event.',
    retryable: false,
  },
  dry_run_too_large: {
    status: 400,
    title: 'The filter names more events than a dry run applies',
    cause:
      'A dry run applies its events in one transaction and undoes it, so it takes at most 1,000 events.',
    fix: 'Narrow the filter, for example by received_from and received_to. A real replay has no such limit.',
    retryable: false,
  },
  dry_run_busy: {
    status: 503,
    title: 'The dry run could not be finished',
    cause:
      'Another dry run is under way, live work holds the payments this one asks about, or it took longer than 5 seconds. Nothing was written.',
    fix: 'Try again in a moment; if it stays, narrow the filter.',
    retryable: true,
  },
  replay_over: {
    status: 409,
    title: 'The replay is over',
    cause: 'The replay has finished or was stopped before, so it cannot be stopped.',
    fix: 'Read its results under GET /replays/{id}.',
    retryable: false,
  },
  event_not_dead: {
    status: 409,
    title: 'The event was not given up',
    cause:
      'Only an event that was given up can be retried or set aside, and this one was not, or not any more.',
    fix: 'Read what became of it: GET /provider-events/{id}. POST /replays applies any stored event once more.',
    retryable: false,
  },
  not_found: {
    status: 404,
    title: 'Not found',
    cause: 'There is no such thing, or it is not yours to see.',
    fix: 'Check the address, the id, and whether the key is of the same merchant and mode.',
    retryable: false,
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    cause: 'The address exists, but not with this method.',
    fix: 'Use a method named in the Allow header.',
    retryable: false,
  },
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    cause: 'A field is missing or has a value that is not accepted.',
    fix: 'errors[] names each field and what it must be.',
    retryable: false,
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    cause: 'The headers are larger than 16 KB.',
    fix: 'Send fewer or shorter headers.',
    retryable: false,
  },
  request_timeout: {
    status: 408,
    title: 'The request did not arrive in time',
    cause: 'The headers or the body took longer to send than this server waits.',
    fix: 'Send the request again on a new connection.',
    retryable: true,
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    cause: 'The limit of this key or address is used up.',
    fix: 'Wait as long as Retry-After says.',
    retryable: true,
  },
  ...paymentErrors,
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    cause: 'An error nobody foresaw. It is in the log under the request id.',
    fix: 'Try again; if it stays, report it with the request id.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorCatalogue
