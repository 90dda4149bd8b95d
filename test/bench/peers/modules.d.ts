// The few calls of `pg` and `express` that the bench uses; neither package ships types.

declare module 'pg' {
  interface Result<Row> {
    rows: Row[]
  }
  interface Options {
    host?: string | undefined
    user?: string
    database?: string
    max?: number
  }
  export class Client {
    constructor(options: Options)
    connect(): Promise<void>
    query<Row>(sql: string, values?: unknown[]): Promise<Result<Row>>
    on(event: 'error', listener: (error: Error) => void): this
    end(): Promise<void>
  }
  export class Pool {
    constructor(options: Options)
    query<Row>(sql: string, values?: unknown[]): Promise<Result<Row>>
    on(event: 'error', listener: (error: Error) => void): this
  }
}

declare module 'express' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http'

  export interface Request extends IncomingMessage {
    body: unknown
    header(name: string): string | undefined
  }
  interface Response extends ServerResponse {
    sendStatus(status: number): this
  }
  type Handler = (request: Request, response: Response, next: (error?: unknown) => void) => unknown
  interface App {
    post(path: string, ...handlers: Handler[]): this
    listen(port: number, host: string, listening: () => void): Server
  }
  const express: (() => App) & {
    raw(options: { type: string; limit: string }): Handler
    text(options: { type: string; limit: string }): Handler
  }
  export default express
}
