-- Load script for wrk, started by wrk.ts with: pool file, record size, record count, seconds, connections.
-- The pool holds complete HTTP requests of equal size; each is sent at most once. When the time or the pool
-- is spent, a connection is handed an empty request, which leaves it silent: so every request that was sent
-- is also answered, and "stored equals acknowledged" can be checked to the message.

local ffi = require('ffi')
ffi.cdef [[
  typedef struct { long tv_sec; long tv_nsec; } bench_timespec;
  int clock_gettime(int clock, bench_timespec *at);
]]
local at = ffi.new('bench_timespec')

local function micros()
  ffi.C.clock_gettime(1, at)
  return tonumber(at.tv_sec) * 1e6 + tonumber(at.tv_nsec) / 1e3
end

local thread_of_run

function setup(thread)
  thread_of_run = thread
end

function init(args)
  pool = assert(io.open(args[1], 'rb'))
  size, count = tonumber(args[2]), tonumber(args[3])
  lasting, connections = tonumber(args[4]) * 1e6, tonumber(args[5])
  issued, silent, started, ended = 0, 0, 0, 0
  probed = false
end

function request()
  if not probed then
    -- wrk asks once before the run, to look at the request; that one is not sent
    probed = true
    local first = pool:read(size)
    pool:seek('set', 0)
    return first
  end
  local now = micros()
  if started == 0 then started = now end
  if issued < count and now - started < lasting then
    issued = issued + 1
    return pool:read(size)
  end
  silent, ended = silent + 1, now
  if silent == connections then
    io.stderr:write('quiet ' .. issued .. '\n')
    io.stderr:flush()
  end
  return ''
end

function done(summary, latency)
  local get = function(name) return thread_of_run:get(name) end
  local faults = summary.errors
  io.write(string.format(
    '\nbench {"issued":%d,"answered":%d,"elapsedMs":%.3f,"refused":%d,"broken":%d,'
    .. '"p50Ms":%.3f,"p99Ms":%.3f}\n',
    get('issued'), summary.requests, (get('ended') - get('started')) / 1e3, faults.status,
    faults.connect + faults.read + faults.write + faults.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
