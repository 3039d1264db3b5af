/** What each code means, how it is mended, and whether the same request may succeed later. */
export type ErrorEntry = {
  status: number
  title: string
  cause: string
  fix: string
  retryable: boolean
}
