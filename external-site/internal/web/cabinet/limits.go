package cabinet

import (
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// limits keep guessing dear without keeping an owner out. Tries count by login and network, so that whoever guesses from
// elsewhere takes nothing from the owner; a browser in which the account was opened before has tries of its own; a passkey or the
// recovery code, which nobody can guess, always open. When a login is tried from many networks at once, each unknown network
// gets few tries a day.
type limits struct {
	byLogin    *web.Limiter // wrong passwords for one login from one network or known browser
	tight      *web.Limiter // the same from unknown networks, while many networks try the login
	total      *web.Limiter // wrong passwords for one login from everywhere
	byAddress  *web.Limiter // wrong passwords and codes of one address; whole towns share one
	starts     *web.Limiter // registrations of one address
	ceremonies *web.Limiter // questions for a passkey of one address
	told       *web.Limiter // what one address hands over about notices
	documents  *web.Limiter // files of documents from one address
	receiving  *web.Places
	asking     *web.Places
}

func newLimits(site *web.Site) *limits {
	limit := func(r web.Rate) *web.Limiter {
		return web.NewLimiter(r, 20_000).WithClock(func() time.Time { return site.Now() })
	}
	return &limits{
		byLogin:    limit(web.Rate{Events: 30, Per: time.Hour, Burst: 10}),
		tight:      limit(web.Rate{Events: 6, Per: 24 * time.Hour, Burst: 3}),
		total:      limit(web.Rate{Events: 100, Per: 24 * time.Hour, Burst: 100}),
		byAddress:  limit(web.Rate{Events: 300, Per: 10 * time.Minute, Burst: 100}),
		starts:     limit(web.Rate{Events: 60, Per: time.Hour, Burst: 20}),
		ceremonies: limit(web.Rate{Events: 300, Per: time.Hour, Burst: 60}),
		told:       limit(web.Rate{Events: 120, Per: time.Hour, Burst: 40}),
		documents:  limit(web.Rate{Events: 240, Per: 24 * time.Hour, Burst: 60}),
		receiving:  web.NewPlaces(2, 20*time.Second),
		asking:     web.NewPlaces(2, 10*time.Second),
	}
}

// knownCookie says in which browser an account was opened before, for counting tries. It opens nothing.
var knownCookie = web.Cookie{Name: "known", Path: "/cabinet"}

const knownLife = 365 * 24 * time.Hour

// remember lets the browser have tries of its own from now on.
func (h *handlers) remember(c *gin.Context, l account.Login) {
	if !h.Accounts.Knows(l, h.site.Cookie(c, knownCookie)) {
		h.site.SetCookie(c, knownCookie, h.Accounts.Known(l), knownLife)
	}
}

// guess runs ask, which tries a password for the login, and counts it when they do not belong together.
func (h *handlers) guess(c *gin.Context, l account.Login, ask func() error) error {
	free, err := h.limits.asking.Take(c.Request.Context(), h.site.ClientKey(c), "cabinet.busy")
	if err != nil {
		return err
	}
	defer free()
	known := h.Accounts.Knows(l, h.site.Cookie(c, knownCookie))
	limiter, who := h.counting(c, l, known)
	if limiter.Spent(who) || !known && h.limits.byAddress.SpentFrom(h.site.Client(c)) {
		return tooMany()
	}
	if err = ask(); fault.Is(err, fault.NotFound) {
		h.count(c, l)
		_ = h.limits.byAddress.AllowFrom(h.site.Client(c)) // it only counts
	}
	return err
}

// counting is where tries of the reader for the login count.
func (h *handlers) counting(c *gin.Context, l account.Login, known bool) (limiter *web.Limiter, who string) {
	login := h.Accounts.Counted(l)
	switch {
	case known:
		return h.limits.byLogin, login + " known " + h.site.Cookie(c, knownCookie)
	case h.limits.total.Spent(login):
		return h.limits.tight, login + " " + network(h.site.Client(c))
	}
	return h.limits.byLogin, login + " " + network(h.site.Client(c))
}

// count counts one try for the login.
func (h *handlers) count(c *gin.Context, l account.Login) {
	limiter, who := h.counting(c, l, h.Accounts.Knows(l, h.site.Cookie(c, knownCookie)))
	_ = limiter.Allow(who) // it only counts
	_ = h.limits.total.Allow(h.Accounts.Counted(l))
}

// tooMany is the answer to whoever has guessed too often.
func tooMany() error { return fault.New(fault.TooMany, "cabinet.too_many") }

// counted runs ask, which tries a secret that cannot be guessed, and counts by address those that fit nothing.
func (h *handlers) counted(c *gin.Context, ask func() error) error {
	free, err := h.limits.asking.Take(c.Request.Context(), h.site.ClientKey(c), "cabinet.busy")
	if err != nil {
		return err
	}
	defer free()
	err = ask()
	if fault.Is(err, fault.NotFound) {
		if refused := h.limits.byAddress.AllowFrom(h.site.Client(c)); refused != nil {
			return tooMany()
		}
	}
	return err
}

// network is the part of the address space from which tries count together.
func network(from netip.Addr) string {
	bits := 24
	if from.Is6() {
		bits = 56
	}
	prefix, err := from.WithZone("").Prefix(bits)
	if err != nil {
		return from.String()
	}
	return prefix.String()
}
