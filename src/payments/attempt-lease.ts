/** How long one sender owns an attempt. It covers a call, and what comes before and after it. */
export const LEASE_SECONDS = 25
