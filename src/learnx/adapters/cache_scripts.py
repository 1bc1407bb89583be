"""The steps of the cache that must be one to Redis, so that no write can slip in between.

A tag is a key that holds its version, a value that never comes again. An entry is a hash that holds its tags and the
versions which they had before its source was read: it counts as long as all of them are the same. Deleting a tag
therefore voids all of its entries at once, and so does its eviction. ``<tag>:doubt`` holds the writers that are about
to change something: while there is one, the tag is not made anew. It ends by itself where a writer died.
"""

import hashlib

from learnx.adapters.rate_limiter_scripts import NOW, RATE

PREFIX = "learnx:cache:"
#: A tag of every entry.
EVERYTHING = f"{PREFIX}tag:everything"

_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""

_READ = """
local entry = redis.call('HMGET', KEYS[1], 'tags', 'versions', 'label')
if not entry[1] then return false end
local tags = {}
for tag in string.gmatch(entry[1], '%S+') do tags[#tags + 1] = tag end
local versions = redis.call('MGET', unpack(tags))
for i = 1, #tags do
    if not versions[i] then return false end
end
if table.concat(versions, ' ') ~= entry[2] then return false end
"""

#: KEYS: entry. ARGV: the label that the reader knows. The label and, where it is another one, the body.
READ = f"""
{_READ}
if entry[3] == ARGV[1] then return {{entry[3]}} end
return {{entry[3], redis.call('HGET', KEYS[1], 'body')}}
"""

#: KEYS: entry, rate. ARGV: as ``READ``, the rate's amount and its period in µs. What the draw leaves, µs until more, µs
#: to wait; then as ``READ``, where nothing has to be waited for.
READ_METERED = f"""
{NOW}
{RATE}
local function read()
    {_READ}
    return entry
end
local left, more, wait, write = rate(KEYS[2], tonumber(ARGV[2]), tonumber(ARGV[3]))
if wait > 0 then return {{left, more, wait}} end
write()
local entry = read()
if not entry then return {{left, more, wait}} end
if entry[3] == ARGV[1] then return {{left, more, wait, entry[3]}} end
return {{left, more, wait, entry[3], redis.call('HGET', KEYS[1], 'body')}}
"""

#: KEYS: tags. ARGV: a new version, the lifetime of tags in ms. The versions; false where a tag is in doubt.
SNAPSHOT = f"""
{_NOW}
local versions = {{}}
for i, tag in ipairs(KEYS) do
    local version = redis.call('GET', tag)
    if version then
        redis.call('PEXPIRE', tag, ARGV[2])
    else
        if redis.call('ZCOUNT', tag .. ':doubt', now, '+inf') > 0 then return false end
        version = ARGV[1]
        redis.call('SET', tag, version, 'PX', ARGV[2])
    end
    versions[i] = version
end
return versions
"""

#: KEYS: entry, tags. ARGV: versions, tags, label, body, lifetime in ms.
PUT = """
local versions = redis.call('MGET', unpack(KEYS, 2))
for i = 1, #KEYS - 1 do
    if not versions[i] then return 0 end
end
if table.concat(versions, ' ') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'versions', ARGV[1], 'tags', ARGV[2], 'label', ARGV[3], 'body', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
"""

#: KEYS: tags. ARGV: writer, ms after which it is taken for dead. What needs no memory comes first.
MARK = f"""
{_NOW}
for _, tag in ipairs(KEYS) do redis.call('UNLINK', tag) end
for _, tag in ipairs(KEYS) do
    local doubt = tag .. ':doubt'
    redis.call('ZREMRANGEBYSCORE', doubt, '-inf', now)
    redis.call('ZADD', doubt, now + ARGV[2], ARGV[1])
    redis.call('PEXPIRE', doubt, ARGV[2])
end
return 1
"""

#: KEYS: tags. ARGV: writer.
RELEASE = """
for _, tag in ipairs(KEYS) do
    redis.call('UNLINK', tag)
    redis.call('ZREM', tag .. ':doubt', ARGV[1])
end
return 1
"""

ALL = (READ, READ_METERED, SNAPSHOT, PUT, MARK, RELEASE)
#: As Redis calls them.
SHA = {script: hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest() for script in ALL}
