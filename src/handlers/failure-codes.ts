/** Why a call of a user's handler failed: the `code` of a run, and what to do about it. */
export const handlerFailures = {
  handler_failed: {
    title: 'An event handler threw, or its promise was rejected',
    cause: 'The detail of the run says with what, and the file and line; the log has the stack.',
    fix: 'Mend the module of PAYONCE_HANDLERS and restart Payonce.',
  },
  handler_timed_out: {
    title: 'An event handler did not answer in time',
    cause: 'A call lasts at most 30 s; its process was ended, so its effect may have taken place.',
    fix: 'Bound what the handler waits for, below 30 s, and leave long work to a queue of yours.',
  },
  handler_process_ended: {
    title: 'The process of an event handler ended while it was called',
    cause:
      'The handler ended it, crashed it, or needed more than 512 MiB of heap, while called alone.',
    fix: 'Look at standard error for its last words, and mend the module of PAYONCE_HANDLERS.',
  },
  event_unreadable: {
    title: 'The event cannot be given to an event handler',
    cause: 'Its payload is archived, or is no JSON object, so it was given up at once.',
    fix: 'Nothing is to be mended in the handler; do by hand what it would have done.',
  },
} as const satisfies Record<string, { title: string; cause: string; fix: string }>

export type HandlerFailureCode = keyof typeof handlerFailures

export const isHandlerFailureCode = (code: string): code is HandlerFailureCode =>
  Object.hasOwn(handlerFailures, code)
