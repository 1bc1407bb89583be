"""The steps of the limiter that must be one to Redis, so that no two servers can draw the same unit.

Times are microseconds of the server's clock. A ``rate`` is a string: the moment at which all of it is free again
(GCRA, the "theoretical arrival time" of ATM Forum TM 4.0). A ``window`` is a sorted set of what was drawn, by when;
what is ``held`` one of who holds, by when it ends. None outlives what it has to say.
"""

import hashlib

from learnx.domain.rate_limits import Draw, Standing

PREFIX = "learnx:limits:"

#: Needs ``now``. What draws in the end is ``write``; ``left``, ``more`` and ``wait`` are as after it.
RATE = """
local function rate(key, amount, period)
    local step = math.ceil(period / amount)
    local all = step * amount
    local free = math.max(tonumber(redis.call('GET', key) or 0), now) + step
    local wait = free - now - all
    local used = free - now
    local write = function()
        redis.call('SET', key, string.format('%.0f', free), 'PX', math.ceil(used / 1000))
    end
    if wait > 0 then return 0, wait, wait, write end
    local left = math.floor((all - used) / step)
    return left, used - all + (left + 1) * step, 0, write
end
"""

NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""

#: KEYS: one a quota. ARGV: the event, how many quotas are drawn from (the rest is looked at), µs after which it is
#: worth asking again for what is held; for each: kind, amount, period in µs. For each: left, µs until more, µs to wait.
DRAW = f"""
{NOW}
{RATE}
local event, drawn, worth_trying = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local function window(key, amount, period, looked_at)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - period)
    local used = redis.call('ZCARD', key)
    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    local more = first[2] and first[2] + period - now or 0
    if looked_at then return math.max(amount - used, 0), more, 0 end
    if redis.call('ZSCORE', key, event) then return math.max(amount - used, 0), more, 0, function() end end
    if used >= amount then
        local blocking = redis.call('ZRANGE', key, used - amount, used - amount, 'WITHSCORES')
        local wait = blocking[2] + period - now
        return 0, wait, wait
    end
    return amount - used - 1, first[2] and more or period, 0, function()
        redis.call('ZADD', key, now, event)
        redis.call('PEXPIRE', key, math.ceil(period / 1000))
    end
end

local function held(key, amount, period)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    local used = redis.call('ZCARD', key)
    if used >= amount then return 0, worth_trying, worth_trying end
    return amount - used - 1, worth_trying, 0, function()
        redis.call('ZADD', key, now + period, event)
        redis.call('PEXPIRE', key, math.ceil(period / 1000))
    end
end

local of = {{rate = rate, window = window, held = held}}
local standings, writes, refused = {{}}, {{}}, false
for i, key in ipairs(KEYS) do
    local kind, amount, period = ARGV[3 * i + 1], tonumber(ARGV[3 * i + 2]), tonumber(ARGV[3 * i + 3])
    local left, more, wait, write = of[kind](key, amount, period, i > drawn)
    standings[#standings + 1] = left
    standings[#standings + 1] = more
    standings[#standings + 1] = wait
    if wait > 0 then refused = true elseif write then writes[#writes + 1] = write end
end
if not refused then
    for _, write in ipairs(writes) do write() end
end
return standings
"""

#: KEYS: what is held or a window. ARGV: the event.
GIVE_BACK = """
for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end
return 1
"""

#: KEYS: what is held. ARGV: for each, the event and how many µs it is held from now.
RENEW = f"""
{NOW}
for i, key in ipairs(KEYS) do
    local period = tonumber(ARGV[2 * i])
    redis.call('ZADD', key, now + period, ARGV[2 * i - 1])
    redis.call('PEXPIRE', key, math.ceil(period / 1000))
end
return 1
"""

ALL = (DRAW, GIVE_BACK, RENEW)
#: As Redis calls them.
SHA = {script: hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest() for script in ALL}


def key_of(draw: Draw) -> str:
    return f"{PREFIX}{{{draw.subject}}}:{draw.quota.zone}"


def standing(draw: Draw, left: int, more: int, wait: int) -> Standing:
    """Redis counts µs."""
    return Standing(quota=draw.quota, remaining=left, more_in=more / 1e6, wait=wait / 1e6)
