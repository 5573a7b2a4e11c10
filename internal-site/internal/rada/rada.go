// Package rada asks the open data of the Verkhovna Rada (data.rada.gov.ua) about legal acts: the card of one, with the days from which its
// editions are in force, and the plain text of an edition. It asks slowly, as its rules want, follows no redirect, and believes nothing of
// an answer before it has looked at it. It may import shared and keeps nothing; who asks, when, and what becomes of an answer is for law.
package rada

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"portal.example/shared/fault"
)

// Config says where the open data are and how they are asked.
type Config struct {
	// Address is scheme and host, https://data.rada.gov.ua.
	Address string
	// Contact is an e-mail address at which whoever runs the open data reaches whoever runs this portal; it is sent as From. "": none.
	Contact string
	// Pause is the least time between two requests. Their rules: at most 60 a minute, with a pause of 5 to 7 s. 0 is DefaultPause.
	Pause time.Duration
	// Client makes requests; nil: one with limits of its own.
	Client *http.Client
}

// DefaultPause is what the rules of the open data ask for; LeastPause is still within their 60 requests a minute, and MostPause lets a turn
// ask for several texts.
const (
	DefaultPause = 6 * time.Second
	LeastPause   = time.Second
	MostPause    = time.Minute
)

// agent is what the rules of the open data ask programs to call themselves: others are sent to the pages for people.
const agent = "OpenData"

// Limits of one answer.
const (
	timeLimit = 60 * time.Second
	cardLimit = 4 << 20  // bytes; the card of a code with some three hundred editions has a twentieth of it
	textLimit = 16 << 20 // bytes; the library keeps half of that
)

// Card is what the open data say of an act.
type Card struct {
	Number   string    `json:"number"` // as it is printed: «5203-VI», "" when it has none
	Title    string    `json:"title"`
	Adopted  string    `json:"adopted"`  // a date, YYYY-MM-DD, "" unknown
	State    int       `json:"state"`    // a code of their own dictionary
	Editions []Edition `json:"editions"` // the earliest first
}

// Edition is one edition that the open data have.
type Edition struct {
	Day   time.Time `json:"day"`   // from which it is in force: a date, midnight UTC
	Bases []string  `json:"bases"` // register numbers of the acts that made it
}

// Mark is what an answer said of itself, so that it need not be sent again while it is the same.
type Mark struct {
	ETag     string
	Modified string // Last-Modified as it came
}

// Client asks the open data. Make one with New.
type Client struct {
	base    *url.URL
	contact string
	pause   time.Duration
	client  *http.Client

	mu   sync.Mutex // held during a request: there is one at a time
	next time.Time  // before which none may be made
}

// New refuses a configuration with which nothing could be asked. It makes no request.
func New(c Config) (*Client, error) {
	base, err := url.Parse(c.Address)
	switch {
	case err != nil || base.Host == "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil || strings.Trim(base.Path, "/") != "":
		return nil, fault.Usagef("rada: address %q must be like https://data.rada.gov.ua", c.Address)
	case base.Scheme != "https" && (base.Scheme != "http" || !loopback(base.Hostname())):
		return nil, fault.Usagef("rada: address %q must be https", c.Address)
	case c.Pause > MostPause:
		return nil, fault.Usagef("rada: pause %s is longer than %s, in which a turn would end before it has asked for a text", c.Pause, MostPause)
	case c.Pause != 0 && c.Pause < LeastPause && !loopback(base.Hostname()):
		return nil, fault.Usagef("rada: pause %s is shorter than %s, which their rules forbid", c.Pause, LeastPause)
	}
	client := &Client{base: base, contact: c.Contact, pause: c.Pause, client: c.Client}
	if client.pause == 0 {
		client.pause = DefaultPause
	}
	if client.client == nil {
		client.client = &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ResponseHeaderTimeout: timeLimit, MaxIdleConns: 1, IdleConnTimeout: time.Minute,
		}}
	}
	// A redirect leads from the data to the pages for people, whose HTML would be taken for an act.
	client.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client, nil
}

// Pause is the least time between two requests.
func (c *Client) Pause() time.Duration { return c.pause }

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// register is how the Rada's register numbers acts: «5203-17», «588-2019-п», «254к/96-вр».
var register = regexp.MustCompile(`^[0-9a-zа-яґєії_]+(?:-[0-9a-zа-яґєії_]+)*(?:/[0-9a-zа-яґєії_]+(?:-[0-9a-zа-яґєії_]+)*)?$`)

const maxRegister = 40

// Register reads the register number of an act as it was typed, or from the address of its official text; "" when it is none.
func Register(typed string) string {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if at, err := url.Parse(typed); err == nil && (at.Scheme == "https" || at.Scheme == "http") {
		_, behind, found := strings.Cut(at.Path, "/laws/show/")
		if !found {
			_, behind, _ = strings.Cut(at.Path, "/laws/card/")
		}
		parts := strings.Split(strings.Trim(behind, "/"), "/")
		parts = slices.DeleteFunc(parts, func(part string) bool { return part == "print" || edition.MatchString(part) })
		typed = strings.Join(parts, "/")
	}
	if len([]rune(typed)) > maxRegister || !register.MatchString(typed) || !strings.ContainsAny(typed, "0123456789") {
		return ""
	}
	return typed
}

// edition is the part of an address that names an edition by its day.
var edition = regexp.MustCompile(`^ed[0-9]{8}$`)
