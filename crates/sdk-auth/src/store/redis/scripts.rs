//! What the server does in one step. Each script names all its keys, which are of one hash slot.

/// Takes the lease (key 1) for the owner (argument 1) and so many milliseconds (argument 2), with a fence
/// (key 2) that grows: gives the fence, or nothing if somebody else has the lease.
///
/// The owner may ask twice, because the answer to the first time can be lost. A fence is no less than the
/// server's clock, so that it grows even if the server has lost the last one; a month after its last use
/// it is dropped.
pub(super) const LEASE: &str = "
    if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
        if redis.call('MGET', KEYS[1])[1] == ARGV[1] then
            return redis.call('GET', KEYS[2])
        end
        return false
    end
    local time = redis.call('TIME')
    local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
    local last = tonumber(redis.call('MGET', KEYS[2])[1] or 0) or 0
    local fence = string.format('%.0f', math.max(now, last + 1))
    redis.call('SET', KEYS[2], fence, 'EX', 2592000)
    return fence";

/// Writes the record (key 2, argument 3) for so many milliseconds (argument 4) if lease (key 1) and record
/// are still those of arguments 1 and 2, where nothing is the empty text, and tells channel 3 of it.
///
/// Whether the record may be written has been decided by what was read before; if that is still so, the
/// decision holds. A user without the right to publish stores records all the same.
pub(super) const REPLACE: &str = "
    local seen = redis.call('MGET', KEYS[1], KEYS[2])
    if (seen[1] or '') ~= ARGV[1] or (seen[2] or '') ~= ARGV[2] then
        return 0
    end
    redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
    redis.pcall('PUBLISH', KEYS[3], '')
    return 1";

/// Ends the lease (key 1) of its owner (argument 1), and of nobody else.
pub(super) const RELEASE: &str = "
    if redis.call('MGET', KEYS[1])[1] == ARGV[1] then
        redis.call('DEL', KEYS[1])
    end
    return 1";
