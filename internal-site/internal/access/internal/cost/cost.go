// Package cost says what it costs to hash a password. It stands below access so that the compiler lets no other package of the site change
// it; accesstest does, for tests. It imports nothing.
package cost

// The cost of argon2id as OWASP's cheat sheet of password storage recommends for servers with little memory. About 30 ms of one core.
const (
	UsualMemory uint32 = 19 * 1024 // KiB
	UsualTime   uint32 = 2
)

// Memory and Time are what new hashes cost.
var Memory, Time = UsualMemory, UsualTime
