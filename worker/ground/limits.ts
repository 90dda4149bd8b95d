// Every number that bounds the system, with its unit in the name and its source. Nothing else holds a limit.

const kib = 1024
const mib = 1024 * kib
const second = 1000
const minute = 60 * second
const hour = 60 * minute
export const dayMs = 24 * hour

export const limits = {
  /** Meta sends at most 3 MB (webhooks overview); the margin keeps a 3 MiB reading of it acceptable. */
  webhookBodyBytes: 3 * mib + 128 * kib,
  /** Meta's challenge is about ten digits; anything longer is not Meta's. */
  challengeChars: 128,
  verifyTokenChars: 512,

  /** Shards of the intake journal; a WABA always lives in the same one. */
  intakeShards: 32,
  /** A Durable Object row holds 2 MB; sealed segments are cut below that. */
  segmentPartBytes: 1 * mib,
  /** One group commit carries at most this much, so that a flood of large bodies cannot exhaust the isolate. */
  commitBytes: 8 * mib,
  /** Under load, the next write waits this long for company; a write alone costs as much as one for twenty. */
  commitGatherMs: 1,
  /** A request that waits for another request's commit gives up on it after this and commits by itself. */
  followerWaitMs: 2 * second,
  /** After a rest, a drain begins at once, for the person who waits for an answer. */
  drainLingerMs: 5,
  /** Else it waits for company: a drain costs its calls to D1 and the Keeper whether it handles one event or hundreds. */
  drainLingerLoadedMs: 100,
  /** A shard that has not drained for this long has rested. */
  drainRestMs: 500,
  /** How much of the journal is handled in one D1 batch. */
  drainSegments: 256,
  drainEvents: 400,
  drainBytes: 4 * mib,
  /** The alarm that finds what a crash left behind. */
  drainAlarmMs: 2 * second,
  drainBackoffMs: [1 * second, 5 * second, 30 * second, 2 * minute, 10 * minute],
  /** A single event that fails is tried again at these distances, then it is dead and waits for a person. */
  retryMs: [minute, 5 * minute, 30 * minute, 2 * hour, 12 * hour],
  retryBatch: 100,
  /** D1 holds 2 MB a value. Sealing makes four bytes of three, and a character may be three bytes. */
  contentChars: 256 * kib,
  rawPartChars: 128 * kib,
  /** Rows of one statement travel as one value: so many characters at most. */
  statementChars: 900 * kib,

  /** How far Meta's clock may be ahead of ours. */
  clockSkewMs: dayMs,
  /** JSON nested deeper than this is kept as it came and not looked into. */
  jsonDepth: 200,
  /** A newer sighting of a phone is noted when it is newer by this much; people do not change numbers by the minute. */
  linkGrainMs: hour,
  /** A number that is connected stays known to an intake shard this long. */
  directoryCacheMs: 10 * second,
  /** For how long rows of merged contacts are looked for again. */
  mergeSettleMs: 2 * minute,

  /** Keys leave the Keeper for at most this long. */
  keyCacheMs: 60 * second,
  keyCacheEntries: 5_000,
  /** The journal key of a day is destroyed this long after midnight, or as soon after as its last segment is handled. */
  journalKeyGraceMs: hour,

  /** Customer service window: 24 h from the user's last message or call (messaging limits page). */
  windowMs: 24 * hour,
  /** How long a caller waits for Meta, and how long the answer is still listened for afterwards. */
  graphTimeoutMs: 20 * second,
  graphLateMs: 25 * second,
  graphAnswerBytes: 8 * mib,
  /** Our own calls to Meta while connecting a number. */
  connectTimeoutMs: 15 * second,
  apiBodyBytes: 1 * mib,
  /** Meta's largest media: a document of 100 MB. */
  mediaBytes: 101 * mib,

  idempotencyKeyChars: 255,
  idempotencyLifeMs: 24 * hour,
  /** A second caller with the same key waits for the first one's answer, looking this often. */
  idempotencyPollMs: 100,
  idempotencyWaitMs: 30 * second,
  /** After this a first call that never answered is taken for lost; its message stays unknown. */
  idempotencyLeaseMs: 90 * second,

  /** Meta's printed limit for biz_opaque_callback_data. */
  callbackDataChars: 512,
  pageRows: 50,
  pageRowsMax: 200,
  /** Last use of a key is written at most this often. */
  lastUsedEveryMs: minute,
  /** Rows one sweep statement deletes. */
  sweepRows: 1_000,
  sweepChunks: 50,
  /** An outbound message without a final status is asked about after this, and until then. */
  settleAfterMs: 10 * minute,
  settleUntilMs: 7 * dayMs,
  settleBatch: 20,
} as const
