/** The part of Deno that the function uses; Deno itself brings the whole. */
declare const Deno: {
  env: { get(name: string): string | undefined }
  serve(handler: (request: Request) => Promise<Response>): unknown
}
