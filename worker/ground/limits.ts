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
  /** 65,536 keys a tree; its state, whatever is punctured, stays below 1.2 MB (KV holds 25 MiB a value). */
  treeDepth: 16,
  /** Keys promised to one life of a Keeper at once; a divisor of what a tree holds. */
  leaseLeaves: 1_024,
  /** Destroyed keys are taken out of their tree this long after the first of them; the promise is 24 h. */
  epochTurnMs: 10 * minute,
  epochTurnBackoffMs: [minute, 5 * minute, 30 * minute, 2 * hour],
  /** An event about somebody who was erased is recognised this long; the promise is 90 days. */
  tombstoneDays: 400,
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
  /** How long Meta's sign-up window may stay open, from the state to the code. */
  signupMs: 15 * minute,
  /** Accounts of WhatsApp that one sign-up connects. */
  signupAccounts: 10,
  /** A sign-up whose token is here and whose accounts are not on record is taken up again after this. */
  signupResumeMs: 2 * minute,
  signupBatch: 10,
  /** A number of a WhatsApp account shared with its app gives up its history only so long after it was connected (Meta). */
  historySyncMs: 24 * hour,
  /** The doctor comes once a day; so many accounts a minute. */
  doctorEveryMs: dayMs,
  doctorBatch: 10,
  /** A token of sixty days is renewed so long before it ends, and spoken of when that fails. */
  tokenRenewMs: 14 * dayMs,
  tokenLifeMs: 60 * dayMs,
  /** Templates that the doctor looks at. */
  doctorTemplates: 200,
  /** A message waits so long for its number; the row is swept a day later. */
  waitingMs: 6 * dayMs,
  /** How often Meta is asked whether it takes the token again, and how long one try to send has the row for itself. */
  waitingProbeMs: 5 * minute,
  waitingLeaseMs: 2 * minute,
  waitingAgainMs: minute,
  waitingBatch: 200,
  apiBodyBytes: 1 * mib,
  /** Meta's largest media: a document of 100 MB. */
  mediaBytes: 101 * mib,

  /** A file that waits is left to the queue for so long; then the cron looks. Meta's address for it lives five minutes. */
  mediaQueueMs: 45 * second,
  mediaUrlMs: 4 * minute,
  /** Who fetches a file has so long before somebody else tries. */
  mediaLeaseMs: 3 * minute,
  /** A file that could not be had is tried again at these distances, the last one until Meta has no more of it (7 days). */
  mediaRetryMs: [30 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour],
  mediaTriesMs: 7 * dayMs,
  mediaBatch: 20,
  /** Ids in one message of the queue. */
  mediaJobIds: 500,
  /** Files that one run fetches at the same time; each holds a part of an object in memory. */
  mediaSideBySide: 3,
  /** An upload that is not sent goes after this. */
  mediaUnsentMs: dayMs,
  filenameChars: 800,
  /** A sample for Meta goes through memory. */
  sampleBytes: 16 * mib,

  /** What one message or name is found by, and what one question asks for, at most. */
  searchWords: 2_000,
  searchAsked: 12,
  searchWordChars: 64,
  searchBeginning: 20,
  /** Conversations that one run indexes, messages of each at a time, rows of one statement. */
  searchBatch: 50,
  searchMessages: 200,
  searchRows: 1_000,
  searchPeople: 20,
  /** So far a word's messages are counted, to begin with the rarest. */
  searchCounted: 1_000,
  snippetChars: 160,
  snippetBefore: 50,

  idempotencyKeyChars: 255,
  idempotencyLifeMs: 24 * hour,
  /** A second caller with the same key waits for the first one's answer, looking this often. */
  idempotencyPollMs: 100,
  idempotencyWaitMs: 30 * second,
  /** After this a first call that never answered is taken for lost; its message stays unknown. */
  idempotencyLeaseMs: 90 * second,

  /** Meta's printed limit for biz_opaque_callback_data. */
  callbackDataChars: 512,
  /** Leaves that one call adds to the transparency log, and that one page of it shows. */
  logBatchLeaves: 1_000,
  logPageLeaves: 1_000,
  /** A day of the ledger is sealed this long after it ended, so that nothing is still being written into it. */
  auditSealGraceMs: hour,
  /** What one minute seals: so many accounts; no further day once so many entries are hashed. */
  auditSealAccounts: 200,
  auditSealEntries: 50_000,
  /** Entries of the ledger in memory at a time. */
  auditRunRows: 2_000,
  pageRows: 50,
  pageRowsMax: 200,
  /** Last use of a key is written at most this often. */
  lastUsedEveryMs: minute,
  /** Rows one step of a deletion deletes before it notes how far it is. */
  eraseRows: 5_000,
  /** Rows of one statement: some ten milliseconds, for which everybody else's statements wait. */
  eraseChunkRows: 250,
  eraseFiles: 500,
  countFiles: 100_000,
  mentionRows: 200,
  /** How many deletions of one account are worked on side by side, and for how long an alarm goes on. */
  eraserJobs: 16,
  eraserSliceMs: 15 * second,
  /** After the tombstone, what was under way before it has this long to land before the rows are erased again. */
  quietMs: 10 * second,
  /** A step that fails is tried again at these distances, the last one for ever. */
  stepRetryMs: [second, 5 * second, 30 * second, 2 * minute, 10 * minute, hour],
  /** For how long Meta is asked to let go; after that the token is destroyed without proof. */
  detachForMs: 7 * dayMs,
  coolingOffMs: 7 * dayMs,
  /** How long before the end of the cooling-off the owners hear of it once more. */
  remindMs: 2 * dayMs,
  /** The Cloud API keeps messages for at most so long (data privacy and security, Meta). */
  metaCopiesMs: 30 * dayMs,
  /** A key younger than this cannot delete a workspace: it may be a thief's. */
  deletionKeyAgeMs: 3 * dayMs,
  /** An owner's approval can be given for so long; then the request is void. */
  approvalMs: 14 * dayMs,
  bulkDeletions: 1_000,
  bulkAtOnce: 20,
  /** What an inventory remembers of the messages, to search for it afterwards. */
  inventorySamples: 8,
  inventoryContacts: 200,
  /** Digests of what a deletion searched for are kept as long as the request itself. */
  needlesDays: 730,
  /** A block ends at the latest after this, unless it is placed again. */
  blockMaxMs: 90 * dayMs,
  /** Deletions the cron wakes at a time. */
  wakeDeletions: 1_000,
  /** How often an isolate asks whether the database has been set back. */
  guardEveryMs: 30 * second,
  /** Meta's deletion and deauthorize callbacks: a signed_request is some hundred characters (Meta’s documentation). */
  signedRequestBytes: 16 * kib,
  /** Meta may try a callback again for days; older than this nobody has a reason to send it. */
  signedRequestAgeMs: 8 * dayMs,
  /** Ids of Meta's downloaded list in one call, and how many are worked on side by side. */
  importIds: 500,
  importSideBySide: 10,
  /** A mail that could not be sent is tried again at these distances, then given up. */
  mailRetryMs: [minute, 5 * minute, 30 * minute, 2 * hour, 12 * hour, dayMs],
  mailBatch: 25,
  /** Notices that one minute adds to the outbox: fewer than leave it (mailBatch), so that no other mail waits for them. */
  noticeBatch: 20,
  /** A member who came so long before a version became known may have been written down after it. */
  noticeOverlapMs: hour,
  /** For how long an isolate remembers which version is in force, and how long a page waits for the database. */
  inForceCacheMs: minute,
  inForceWaitMs: second,
  /** When the owners of a business that is gone are told (days after Meta said so), and when its data follows. */
  goneNoticeDays: [0, 1, 14, 28],
  goneEraseDays: 30,
  goneBatch: 50,
  /** Rows one sweep statement deletes. */
  sweepRows: 1_000,
  sweepChunks: 50,
  /** A rule of a business is carried out this often, so many rules a minute, rows in one batch, batches of one rule. */
  ruleEveryMs: hour,
  ruleBatch: 20,
  ruleRows: 500,
  ruleChunks: 20,
  /** An outbound message without a final status is asked about after this, and until then. */
  settleAfterMs: 10 * minute,
  settleUntilMs: 7 * dayMs,
  settleBatch: 20,

  /** A code in a mail: so long, so many tries, and so many codes for one address. */
  mailCodeMs: 10 * minute,
  mailCodeTries: 5,
  mailCodesPerHour: 5,
  mailCodesPerDay: 15,
  /** The same for signing in, which people do more often than asking what is held about them. */
  signInCodesPerHour: 12,
  signInCodesPerDay: 40,
  /** A code for the chat, and how many for one business number an hour. Without one the words alone do. */
  chatCodeMs: hour,
  chatCodesPerHour: 120,
  /** Requests of people that one run looks at, and how far apart it looks at one that did not go through. */
  requestBatch: 50,
  requestRetryMs: [minute, 5 * minute, 30 * minute, 2 * hour, 12 * hour],
  /** An access request stays open so long after it was granted; until then the person can prepare a package. */
  requestOpenDays: 30,
  requestMessageChars: 4_000,
  /** What one person writes about one request in a day. */
  requestMessagesPerDay: 20,
  letterChars: 8_000,
  lettersPerDay: 10,
  /** More than any sentence by which people ask for something, and less than most letters. */
  wishChars: 200,
  /** What is older when it arrives is history; and so long an answer in the chat is tried: the window is closed then. */
  wishAgeMs: 24 * hour,
  /** Wishes one run looks at, and how far apart it looks at one that did not go through. */
  wishBatch: 50,
  wishRetryMs: [minute, 2 * minute, 5 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 4 * hour],
  /** A message of ours that got no clear answer and no status within this is taken for lost, and said once more. */
  sayAgainMs: minute,
  sayTries: 8,
  /** What was let through at once begins when its answer was said, and at the latest after this. */
  answerFirstMs: hour,
  /** Members without a digest of their address, from before there was one, that one minute mends. */
  memberDigests: 100,

  /** A package can be taken so long after it was built. */
  packageDays: 7,
  packageOrdersPerDay: 20,
  packageBatch: 5,
  packageExpireBatch: 100,
  /** Who builds a package says so this often at least; a try that failed is repeated at these distances. */
  packageLeaseMs: 2 * minute,
  packageRetryMs: [minute, 5 * minute, 30 * minute],
  /** Media in one package; what is more is listed and left out. A ZIP without extensions holds 4 GiB. */
  packageMediaBytes: 1024 * mib,
  /** R2 takes parts of 5 MiB or more, all but the last of one size. */
  uploadPartBytes: 8 * mib,
  /** A copy of a workspace: so long it can be taken, orders a day, bytes of one piece, how long one run goes on. */
  takeoutDays: 7,
  takeoutOrdersPerDay: 5,
  takeoutPartBytes: 4 * mib,
  takeoutPartRows: 2_000,
  takeoutSliceMs: 10 * second,
  takeoutBatch: 3,
  takeoutLeaseMs: 2 * minute,
  takeoutRetryMs: [minute, 5 * minute, 30 * minute],
  /** Files that one ZIP takes; a ZIP without extensions has 65,535 entries and 4 GiB. */
  takeoutFiles: 60_000,
  takeoutFileBytes: 3_000 * mib,
  /** Rows of an export in memory at once; content may be large (contentChars). */
  exportRows: 100,
  /** A browser stays signed in so long after it was last used; the date is moved at most once a day. */
  sessionMs: 30 * dayMs,
  sessionRenewMs: dayMs,
  /** For what is dangerous, a code or passkey must have been given within this. */
  freshMs: 10 * minute,
  invitationMs: 7 * dayMs,
  /** Mails to addresses that others typed: so many invitations of one workspace within so long. */
  invitationsAtOnce: 50,
  invitationsWithinMs: dayMs,
  /** Workspaces that one person is a member of. */
  workspacesOfUser: 50,
  /** What the feed remembers for browsers that lost the line. */
  feedKeepMs: dayMs,
  feedKeepRows: 5_000,
  /** Templates of Meta (templates reference): characters of each part, buttons of each kind, templates of one account. */
  templateNameChars: 512,
  templateHeaderChars: 60,
  templateBodyChars: 1_024,
  templateFooterChars: 60,
  templateButtons: 10,
  templateButtonChars: 25,
  templateUrlButtons: 2,
  templateUrlChars: 2_000,
  /** Business profile (Meta's reference): characters of each field, websites. */
  profileAboutChars: 139,
  profileAddressChars: 256,
  profileDescriptionChars: 512,
  profileEmailChars: 128,
  profileWebsites: 2,
  profileWebsiteChars: 256,
  /** Delivered service messages of a number and month that Meta does not charge (pricing, from 1 October 2026). */
  freeServiceMessages: 1_000,
  usageDays: 30,
  /** An approved template may be edited once in this. */
  templateEditMs: dayMs,
  /** Pages of a hundred that one sync reads: Meta allows 250 templates of an account unless it raised that. */
  templateSyncPages: 60,
  /** A sync of one account that is older than this is made again by the cron; so many accounts at a time. */
  templateSyncEveryMs: dayMs,
  templateSyncBatch: 2,
  /** How often the feed throws away what is too old; so much sooner it does. */
  feedPruneEveryMs: hour,
  /** Whether those who listen still may is asked again after this. */
  feedRecheckMs: minute,
  /** Sockets of one member, so that a browser gone mad closes its own oldest ones. */
  feedSocketsEach: 20,
  /** More unread messages than this are told as this many. */
  unreadMax: 100,
  /** Meta may deliver a message this late; an older one that comes is history. */
  lateMessageMs: dayMs,
  labels: 100,
  labelChars: 60,
  noteChars: 4_000,
  draftChars: 8_000,
  /** Identifiers that one member or key reveals in an hour, each noted. */
  revealsPerHour: 60,
  /** What a business notes about its contacts: fields, and how long their words may be. */
  customFields: 50,
  fieldNameChars: 80,
  fieldPurposeChars: 500,
  fieldChoices: 50,
  fieldValueChars: 2_000,
  contactNameChars: 200,
  /** The words of a consent, and where they stand. */
  consentTextChars: 4_000,
  consentWhereChars: 500,
  /** A list of contacts: its rows, how many come at once, and how many lists may be open side by side. */
  importRows: 20_000,
  importChunkRows: 200,
  importsOpen: 20,
  importSettingsChars: 4_000,
  /** A file that a browser reads. */
  importFileBytes: 10 * mib,
  /** The nightly proof is given up after this. */
  canaryMs: 30 * minute,
  /** /healthz answers within this, whether the database does or not. */
  healthMs: 2 * second,

  /** The residue scan reads its places in pages of so many rows, names or objects. */
  residueRows: 500,
  /** Rows that are loaded and read closely; content may be large (contentChars). */
  residueCandidates: 50,
  residueObjects: 50,
  /** Rows times needles of one query: about a tenth of a second. */
  residueWork: 100_000,
  /** Hashes and encodings are made of so many phone numbers and user ids; there are forty for each. */
  residueEncoded: 20,
  /** Of an object in R2, so much is read from the beginning. */
  residueBodyBytes: 4 * mib,
  /** Pages of one call, so that the object that calls it stays answerable. */
  residuePages: 20,
  /** Shorter texts and names are everybody's. */
  residueSampleChars: 12,
  residueNameChars: 5,
  residueHandleChars: 4,
  /** Fewer digits are nobody's phone number. */
  residueDigits: 7,
} as const
