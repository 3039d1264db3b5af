/** The part of a logger that this folder uses. */
export interface EmbeddedLog {
  info(message: string): void
  warn(message: string): void
}
