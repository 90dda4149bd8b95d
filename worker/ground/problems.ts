// Every error our own API can answer (RFC 9457), on one page. site/pages/errors/[code].astro renders /errors/{code} from
// this list.

/** `meaning` is for the page alone; the answer carries the rest. */
type Description = { status: number; title: string; meaning: string; remedy: string }

export const problems = {
  bad_request: {
    status: 400,
    title: 'The request is not well formed',
    meaning:
      'A parameter, a cursor or the body is missing, of the wrong kind or out of bounds. Nothing was changed.',
    remedy: 'Read detail and errors, mend the request, send it again.',
  },
  unauthorized: {
    status: 401,
    title: 'A valid API key is needed',
    meaning:
      'There was no key, or one that we do not know or that was revoked. In a browser: nobody is signed in.',
    remedy: 'Send Authorization: Bearer sc_… with a key that is not revoked, or sign in.',
  },
  forbidden: {
    status: 403,
    title: 'The key does not have the scope for this',
    meaning:
      'The key is valid, but it was made for other things. A key does what its scopes say and nothing else.',
    remedy: 'Create a key with the scope named in detail.',
  },
  step_up_needed: {
    status: 403,
    title: 'Say once more that it is you',
    meaning:
      'What is dangerous or cannot be undone needs a code or passkey that was given in the last ten minutes. Nothing was changed.',
    remedy: 'Confirm with your passkey or a code from your mail, then do it again.',
  },
  foreign_origin: {
    status: 403,
    title: 'This did not come from a page of ours',
    meaning:
      'A browser that is signed in sent a request that changes something, and the page that made it is not of this site.',
    remedy: 'Use the portal, or an API key in the Authorization header.',
  },
  code_refused: {
    status: 403,
    title: 'This code is not accepted',
    meaning:
      'The code is wrong, out of date, used already, or was tried too often. Which of them is not said, so that nobody can guess.',
    remedy: 'Ask for a new code and type it within ten minutes.',
  },
  frozen: {
    status: 403,
    title: 'This workspace is being deleted',
    meaning:
      'A deletion of the whole workspace was requested. Until it is cancelled or done, nothing is sent and nothing about people is shown.',
    remedy: 'An owner can cancel the deletion while it is cooling off.',
  },
  owner_needed: {
    status: 403,
    title: 'Only an owner of the workspace may do this',
    meaning: 'The key acts for a member who is no owner, or for nobody.',
    remedy: 'Use a key that an owner made, with the scope workspace:delete.',
  },
  key_too_fresh: {
    status: 403,
    title: 'This key is too fresh for that',
    meaning: 'A workspace cannot be deleted with a key made in the last 72 hours: it may be a thief’s.',
    remedy: 'Use an older key of an owner, or wait.',
  },
  sole_owner: {
    status: 409,
    title: 'The only owner cannot be erased alone',
    meaning: 'A workspace without an owner belongs to nobody.',
    remedy: 'Make somebody else an owner first, or delete the workspace.',
  },
  past_return: {
    status: 409,
    title: 'This deletion cannot be stopped any more',
    meaning: 'Erasing has begun. What is gone cannot be brought back.',
    remedy: 'Follow the deletion on its status page.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing here',
    meaning: 'The address or the id in it names nothing that your workspace has.',
    remedy: 'Check the id. Things of other workspaces answer the same.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This address does not answer that method',
    meaning: 'There is something at this address, but it is asked in another way.',
    remedy: 'Use a method named in the Allow header.',
  },
  conflict: {
    status: 409,
    title: 'This does not fit the present state',
    meaning: 'The request is well formed, and something that happened before stands against it.',
    remedy: 'Read detail, look at the present state, decide again.',
  },
  signup_closed: {
    status: 409,
    title: 'This attempt to connect is not open',
    meaning:
      'Each attempt to connect through Meta’s window belongs to the member and the browser it began in, is used once, and is open for fifteen minutes. Which of them does not fit is not said.',
    remedy: 'Open the page again and begin anew.',
  },
  not_offered: {
    status: 409,
    title: 'This gateway does not offer Meta’s sign-up window',
    meaning: 'Whoever operates this gateway has given it no configuration of Facebook Login for Business.',
    remedy: 'Connect the number with an access token of your own.',
  },
  number_taken: {
    status: 409,
    title: 'This WhatsApp account is connected to another workspace',
    meaning: 'A WhatsApp account belongs to one workspace at a time, and this one was connected to another.',
    remedy: 'Use that workspace, or write to us if you own the account and not the workspace.',
  },
  too_large: {
    status: 413,
    title: 'The request body is too large',
    meaning: 'The body is longer than we read. Nothing of it was looked at.',
    remedy: 'Send a smaller body.',
  },
  unsupported_media: {
    status: 415,
    title: 'The body is not JSON',
    meaning: 'The body has another Content-Type than JSON, or it is compressed.',
    remedy: 'Send Content-Type: application/json.',
  },
  repair_refused: {
    status: 422,
    title: 'This could not be repaired',
    meaning: 'Meta refused what would have mended it, or it is nothing that can be mended from here.',
    remedy: 'Read detail: it says what is in the way.',
  },
  file_refused: {
    status: 422,
    title: 'WhatsApp does not take this file',
    meaning:
      'Its type, its size or what is in it does not fit what WhatsApp sends. Nothing left, and nothing of it was kept.',
    remedy: 'Read detail, and choose another file or another form of it.',
  },
  no_such_part: {
    status: 416,
    title: 'The file ends before that part',
    meaning: 'The Range header asks for bytes that the file does not have.',
    remedy: 'Read Content-Range for the length of the file.',
  },
  file_missing: {
    status: 409,
    title: 'This file is not here',
    meaning:
      'The message had a file, and it could not be fetched from Meta yet, or not any more, or it was taken back.',
    remedy: 'Look at the state of the file in the message. While it is missed, it can be fetched again.',
  },
  connect_refused: {
    status: 422,
    title: 'Meta did not confirm this connection',
    meaning: 'Meta refuses the token, or does not list this number in this WhatsApp account for it.',
    remedy: 'Check the token and that it can reach this WhatsApp account and number.',
  },
  meta_refused: {
    status: 422,
    title: 'Meta refused this',
    meaning: 'Meta was asked and said no. Why, as far as Meta said it, stands in detail.',
    remedy: 'Mend what detail names, then try again.',
  },
  send_refused: {
    status: 422,
    title: 'This message was not sent',
    meaning:
      'Something that must be true before a message leaves is not. gate says what, remedy what to do; nothing has reached Meta.',
    remedy: 'Read gate and remedy.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many in a short time',
    meaning:
      'There is a limit for each network address, and one for each e-mail address and number. It is the same whatever is held about anybody.',
    remedy: 'Try again after Retry-After seconds.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    meaning: 'You did nothing wrong. What happened stands in our log under the id in instance.',
    remedy: 'Try again; if it stays, send us the instance id.',
  },
  meta_unreachable: {
    status: 502,
    title: 'Meta did not answer',
    meaning: 'We asked Meta and got no answer that can be used. What you sent may be right.',
    remedy: 'Try again in a little while.',
  },
  restoring: {
    status: 503,
    title: 'Erasures are being applied again',
    meaning:
      'The database was restored from a backup that knows people who were erased since. Nothing about people is served until they are erased again.',
    remedy: 'Try again after Retry-After seconds.',
  },
  unavailable: {
    status: 503,
    title: 'The service cannot answer right now',
    meaning: 'The gateway is being set up or changed.',
    remedy: 'Try again after Retry-After seconds.',
  },
} as const satisfies Record<string, Description>

export type ProblemCode = keyof typeof problems

export type ProblemDetails = {
  detail?: string
  /** Of a message that was refused: what refused it. */
  gate?: string
  /** Better than what the list says. */
  remedy?: string
  errors?: { path: string; message: string }[]
  headers?: Record<string, string>
}

/** Thrown at a door when the caller is at fault; `app.onError` turns it into `application/problem+json`. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly details: ProblemDetails
  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}

/** The bytes of a problem are a function of code and details alone, so that answers cannot be told apart. */
export function problemResponse(
  code: ProblemCode,
  details: ProblemDetails = {},
  instance?: string,
): Response {
  const { status, title, remedy } = problems[code]
  const body = {
    type: `/errors/${code}`,
    title,
    status,
    code,
    remedy: details.remedy ?? remedy,
    ...(details.gate === undefined ? {} : { gate: details.gate }),
    ...(details.detail === undefined ? {} : { detail: details.detail }),
    ...(details.errors === undefined ? {} : { errors: details.errors }),
    ...(instance === undefined ? {} : { instance }),
  }
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...details.headers,
  }
  return new Response(JSON.stringify(body), { status, headers })
}
