/** What a process does: serve the API, apply events, or both. */
export const roles = ['all', 'api', 'worker'] as const
export type Role = (typeof roles)[number]
