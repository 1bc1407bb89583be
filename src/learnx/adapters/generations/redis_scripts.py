"""The transitions of a generation in Redis, each atomic: whoever holds its token writes it, everybody else is refused.

Keys of a generation: ``learnx:generation:{id}`` (hash: owner, key, epoch, state, token, job, storedId, takeovers),
``…:log`` (stream with the ids ``<epoch>-<seq>``), ``…:readers`` (somebody on some API server follows it). By owner:
``learnx:generating:{owner}:{key}`` (the id of what is running), ``learnx:generations:of:{owner}`` (a set of ids),
``learnx:generations:ended:{owner}`` (ids by the end of their log, ms), ``learnx:erased:…`` (with a hash of an erased
owner, of whom nothing is written any more). For all: ``learnx:generations`` (ids by the end of their lease, ms),
``learnx:generations:born`` (since when Redis knows).

States are ``admitting``, ``running``, ``over``. Times are Redis's own. Scripts with ``allow-oom`` shorten, or end
something, and so run where memory is short; the others are refused whole there. Needs Redis 7 or any Valkey.
"""

_SHORT_OF_MEMORY_TOO = "#!lua flags=allow-oom\n"
_WITH_MEMORY = "#!lua\n"

_COMMON = """
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function hash(id) return 'learnx:generation:' .. id end
local function stream(id) return hash(id) .. ':log' end
local function claim(owner, key) return 'learnx:generating:' .. owner .. ':' .. key end
local function owned(owner) return 'learnx:generations:of:' .. owner end
local function ended(owner) return 'learnx:generations:ended:' .. owner end
local function erased(owner) return redis.call('EXISTS', 'learnx:erased:' .. redis.sha1hex(owner)) == 1 end
local LEASES, BORN = 'learnx:generations', 'learnx:generations:born'
local function last_seq(id)
  local entry = redis.call('XREVRANGE', stream(id), '+', '-', 'COUNT', 1)[1]
  return entry and tonumber(string.match(entry[1], '%-(%d+)$')) or 0
end
local function lease(id, owner, key, state, ms, ttl)
  redis.call('ZADD', LEASES, now() + ms, id)
  redis.call('SET', claim(owner, key), id, 'NX')
  if redis.call('GET', claim(owner, key)) == id then redis.call('PEXPIRE', claim(owner, key), ttl) end
  redis.call('PEXPIRE', hash(id), ttl)
  redis.call('PEXPIRE', stream(id), ttl)
  if state == 'running' then
    redis.call('SADD', owned(owner), id)
    redis.call('PEXPIRE', owned(owner), ttl)
  end
end
local function unlist(id, owner, key)
  if redis.call('GET', claim(owner, key)) == id then redis.call('DEL', claim(owner, key)) end
  redis.call('SREM', owned(owner), id)
  redis.call('ZREM', LEASES, id)
end
local function finish(id, owner, key, ttl)
  redis.call('HSET', hash(id), 'state', 'over')
  unlist(id, owner, key)
  redis.call('ZREMRANGEBYSCORE', ended(owner), '-inf', now())
  redis.call('ZADD', ended(owner), now() + ttl, id)
  redis.call('PEXPIRE', ended(owner), ttl)
  redis.call('PEXPIRE', hash(id), ttl)
  redis.call('PEXPIRE', stream(id), ttl)
end
"""

#: id, token, owner, key, job, lease, ttl (ms) → {id, state} of what has the key, "mine" where it is this; or "erased".
CLAIM = (
    _WITH_MEMORY
    + _COMMON
    + """
local id, token, owner, key, job, ms, ttl = unpack(ARGV)
if erased(owner) then return {id, 'erased'} end
local claimed = redis.call('GET', claim(owner, key))
if claimed then
  local found = redis.call('HMGET', hash(claimed), 'state', 'token')
  if claimed == id and found[2] == token then return {id, 'mine'} end
  if found[1] == 'running' then return {claimed, 'running'} end
  if found[1] == 'admitting' then
    if tonumber(redis.call('ZSCORE', LEASES, claimed) or 0) > now() then return {claimed, 'admitting'} end
    redis.call('DEL', hash(claimed))
  end
  unlist(claimed, owner, key)
end
local state = redis.call('HGET', hash(id), 'state')
if state then return {id, state} end
redis.call('HSET', hash(id), 'owner', owner, 'key', key, 'epoch', 1, 'state', 'admitting', 'token', token, 'job', job)
lease(id, owner, key, 'admitting', ms, ttl)
return {id, 'mine'}
"""
)

#: id, token: what was claimed and not admitted is gone.
WITHDRAW = (
    _SHORT_OF_MEMORY_TOO
    + _COMMON
    + """
local id, token = unpack(ARGV)
local found = redis.call('HMGET', hash(id), 'token', 'state', 'owner', 'key')
if found[1] == token and found[2] == 'admitting' then
  unlist(id, found[3], found[4])
  redis.call('DEL', hash(id))
end
"""
)

_APPEND = (
    _COMMON
    + """
local id, token, epoch, first, ends, lesson, ms, ttl, owner, key, job = unpack(ARGV, 1, 11)
epoch, first = tonumber(epoch), tonumber(first)
if erased(owner) then return 'fenced' end
local found = redis.call('HMGET', hash(id), 'token', 'state', 'epoch')
if not found[1] then
  if job == '' then return 'gap' end
  redis.call('DEL', stream(id))
  redis.call('HSET', hash(id), 'owner', owner, 'key', key, 'epoch', epoch, 'token', token, 'job', job)
elseif found[1] ~= token then return 'fenced'
elseif found[2] == 'over' then return 'ok'
elseif epoch < tonumber(found[3]) then return 'fenced'
elseif epoch > tonumber(found[3]) then
  redis.call('HSET', hash(id), 'epoch', epoch)
  redis.call('DEL', stream(id))
end
local last = last_seq(id)
if first > last + 1 then return 'gap' end
for place = 12, #ARGV do
  local seq = first + place - 12
  if seq > last then redis.call('XADD', stream(id), epoch .. '-' .. seq, 'e', ARGV[place]) end
end
if ends == '1' then
  if lesson ~= '' then redis.call('HSET', hash(id), 'storedId', lesson) end
  finish(id, owner, key, ttl)
elseif found[2] ~= 'running' then
  redis.call('HSET', hash(id), 'state', 'running')
  lease(id, owner, key, 'running', ms, ttl)
end
return 'ok'
"""
)
#: id, token, epoch, seq of the first event, "1" where the last one is terminal, lesson id or "", lease, ttl, owner,
#: key, job ("" where the log must be there), event … → "ok"; "fenced": others write it, it was stopped, or its owner
#: erased; "gap": events before the first are missing. Events that are there already are left as they are, so it may be
#: said twice.
APPEND = _WITH_MEMORY + _APPEND
APPEND_END = _SHORT_OF_MEMORY_TOO + _APPEND

#: lease, ttl, readers' ttl, n, (id, token) × n, followed id … → {born, n × (0 gone, 1 fenced, 2 unread, 3 read), one
#: for each followed (0 gone, 1 running, 2 over)}
HEARTBEAT = (
    _SHORT_OF_MEMORY_TOO
    + _COMMON
    + """
local ms, ttl, readers_ttl, count = unpack(ARGV, 1, 4)
redis.call('SET', BORN, string.format('%.0f', now()), 'NX')
local result = {redis.call('GET', BORN)}
local place = 5
for _ = 1, count do
  local id, token = ARGV[place], ARGV[place + 1]
  place = place + 2
  local found = redis.call('HMGET', hash(id), 'token', 'state', 'owner', 'key')
  if not found[1] then table.insert(result, 0)
  elseif found[1] ~= token then table.insert(result, 1)
  else
    if found[2] ~= 'over' then lease(id, found[3], found[4], found[2], ms, ttl) end
    table.insert(result, 2 + redis.call('EXISTS', hash(id) .. ':readers'))
  end
end
for followed = place, #ARGV do
  local state = redis.call('HGET', hash(ARGV[followed]), 'state')
  if state then redis.call('SET', hash(ARGV[followed]) .. ':readers', 1, 'PX', readers_ttl) end
  table.insert(result, state == 'over' and 2 or state and 1 or 0)
end
return result
"""
)

#: token, lease, ttl, "1" to take only what was handed over, at most so many, the restart event, the event that ends
#: what has been taken over too often, how often that is → (id, epoch, job) …: running ones whose lease is over
TAKE_OVER = (
    _SHORT_OF_MEMORY_TOO
    + _COMMON
    + """
local token, ms, ttl, handed, limit, restart, broken, most = unpack(ARGV)
local upto = handed == '1' and 0 or now()
local result = {}
for _, id in ipairs(redis.call('ZRANGE', LEASES, '-inf', upto, 'BYSCORE', 'LIMIT', 0, limit)) do
  local found = redis.call('HMGET', hash(id), 'state', 'owner', 'key', 'epoch', 'job', 'token', 'takeovers')
  if not found[1] then redis.call('ZREM', LEASES, id)
  elseif found[1] == 'admitting' then
    unlist(id, found[2], found[3])
    redis.call('DEL', hash(id))
  elseif found[6] ~= '' and tonumber(found[7] or 0) >= tonumber(most) then
    redis.call('XADD', stream(id), found[4] .. '-' .. (last_seq(id) + 1), 'e', broken)
    redis.call('HSET', hash(id), 'token', '')
    finish(id, found[2], found[3], ttl)
  else
    local epoch = tonumber(found[4]) + 1
    if found[6] ~= '' then redis.call('HINCRBY', hash(id), 'takeovers', 1) end
    redis.call('HSET', hash(id), 'token', token .. ':' .. id, 'epoch', epoch)
    redis.call('DEL', stream(id))
    redis.call('XADD', stream(id), epoch .. '-1', 'e', restart)
    lease(id, found[2], found[3], 'running', ms, ttl)
    table.insert(result, id)
    table.insert(result, epoch)
    table.insert(result, found[5])
  end
end
return result
"""
)

#: owner, id, the terminal event, ttl → 1, or 0 where the owner has no such generation, or it is over.
STOP = (
    _SHORT_OF_MEMORY_TOO
    + _COMMON
    + """
local owner, id, event, ttl = unpack(ARGV)
local found = redis.call('HMGET', hash(id), 'owner', 'state', 'key', 'epoch')
if found[1] ~= owner or found[2] == 'over' then return 0 end
redis.call('XADD', stream(id), found[4] .. '-' .. (last_seq(id) + 1), 'e', event)
redis.call('HSET', hash(id), 'token', '')
finish(id, owner, found[3], ttl)
return 1
"""
)

#: (id, token) …: free for others at once.
HAND_OVER = (
    _SHORT_OF_MEMORY_TOO
    + _COMMON
    + """
for place = 1, #ARGV, 2 do
  local id, token = ARGV[place], ARGV[place + 1]
  local found = redis.call('HMGET', hash(id), 'token', 'state')
  if found[1] == token and found[2] == 'running' then
    redis.call('HSET', hash(id), 'token', '')
    redis.call('ZADD', LEASES, 0, id)
  end
end
"""
)

#: owner → job … of what is running.
RUNNING = (
    _SHORT_OF_MEMORY_TOO
    + _COMMON
    + """
local result = {}
for _, id in ipairs(redis.call('SMEMBERS', owned(ARGV[1]))) do
  local found = redis.call('HMGET', hash(id), 'state', 'job')
  if found[1] == 'running' then table.insert(result, found[2])
  elseif not found[1] then redis.call('SREM', owned(ARGV[1]), id) end
end
return result
"""
)
