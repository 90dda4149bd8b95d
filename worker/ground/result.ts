// Expected answers are values. Anything that can be refused returns one of these; only the unexpected is thrown.

export type Ok<T> = { ok: true; value: T }
export type Refused<R extends { reason: string }> = { ok: false } & R
export type Result<T, R extends { reason: string } = { reason: string }> = Ok<T> | Refused<R>

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value })

export const refused = <const R extends { reason: string }>(why: R): Refused<R> => ({ ok: false, ...why })
