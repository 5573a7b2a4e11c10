package rada

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portal.example/shared/fault"
)

// Card returns the card of the act with the register number, and the mark of the answer; changed is false when the open data still say what
// they said when since was given. NotFound when they know no such act; every other failure has the key of what is wrong.
func (c *Client) Card(ctx context.Context, register string, since Mark) (card Card, mark Mark, changed bool, err error) {
	body, mark, err := c.ask(ctx, "/laws/card/"+register+".json", since, cardLimit)
	if err != nil || body == nil {
		return card, mark, false, err
	}
	card, err = readCard(body)
	return card, mark, err == nil, err
}

// Text returns the plain text of the edition that is in force from the day.
func (c *Client) Text(ctx context.Context, register string, day time.Time) (string, error) {
	body, _, err := c.ask(ctx, "/laws/show/"+register+"/ed"+day.Format("20060102")+".txt", Mark{}, textLimit)
	if err != nil {
		return "", err
	}
	return readText(body)
}

// ask makes one request, not before the pause since the one before is over. The body is nil when nothing has changed since.
func (c *Client) ask(ctx context.Context, path string, since Mark, limit int64) ([]byte, Mark, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.wait(ctx); err != nil {
		return nil, since, err
	}
	defer func() {
		if next := time.Now().Add(c.pause); next.After(c.next) {
			c.next = next
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath(path).String(), nil)
	if err != nil {
		return nil, since, err
	}
	header(request.Header, "User-Agent", agent)
	header(request.Header, "From", c.contact)
	header(request.Header, "If-None-Match", since.ETag)
	header(request.Header, "If-Modified-Since", since.Modified)
	response, err := c.client.Do(request)
	if err != nil {
		return nil, since, fault.Wrap(fault.Unavailable, err, "rada.away")
	}
	defer response.Body.Close() //nolint:errcheck // what was read is what counts
	return c.take(response, since, limit)
}

// header sets what is not empty.
func header(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

// wait ends when the next request may be made.
func (c *Client) wait(ctx context.Context) error {
	timer := time.NewTimer(time.Until(c.next))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// How long the open data are left alone when they refuse and do not say for how long, and the longest that they are believed.
const (
	refusedFor  = 15 * time.Minute
	longestWait = 24 * time.Hour
)

// take looks at an answer before anything of it is believed.
func (c *Client) take(response *http.Response, since Mark, limit int64) ([]byte, Mark, error) {
	switch code := response.StatusCode; {
	case code == http.StatusNotModified && since != Mark{}:
		return nil, since, nil
	case code == http.StatusNotFound:
		return nil, since, fault.New(fault.NotFound, "rada.unknown")
	case code == http.StatusTooManyRequests, code == http.StatusForbidden:
		wait := retryAfter(response.Header.Get("Retry-After"), time.Now())
		c.next = time.Now().Add(wait)
		return nil, since, &fault.Error{Kind: fault.TooMany, Key: "rada.refused", Wait: wait}
	case code >= 300 && code < 400:
		return nil, since, fault.New(fault.Unavailable, "rada.elsewhere")
	case code != http.StatusOK:
		return nil, since, fault.New(fault.Unavailable, "rada.failed", code)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, since, fault.Wrap(fault.Unavailable, err, "rada.cut")
	case err != nil:
		return nil, since, fault.Wrap(fault.Unavailable, err, "rada.away")
	case int64(len(body)) > limit:
		return nil, since, fault.New(fault.TooLarge, "rada.large", limit>>20)
	case isPage(response.Header.Get("Content-Type"), body):
		return nil, since, fault.New(fault.Unavailable, "rada.page")
	case !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0:
		return nil, since, fault.New(fault.Invalid, "rada.encoding")
	}
	return body, Mark{ETag: tidy(response.Header.Get("ETag")), Modified: tidy(response.Header.Get("Last-Modified"))}, nil
}

// tidy leaves out a mark that nobody would need to be so long.
func tidy(mark string) string {
	if len(mark) > 200 || !utf8.ValidString(mark) {
		return ""
	}
	return mark
}

// isPage says whether an answer is a page for people: of a login, of an error that calls itself a success, or of a guard against robots.
func isPage(contentType string, body []byte) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind == "text/html" || kind == "application/xhtml+xml" {
		return true
	}
	start := strings.ToLower(string(bytes.TrimLeft(body[:min(len(body), 512)], "\ufeff \t\r\n")))
	return strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<?xml")
}

// retryAfter is how long to leave them alone: seconds or a moment, as HTTP has it.
func retryAfter(value string, now time.Time) time.Duration {
	wait := refusedFor
	if seconds, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		wait = time.Duration(min(max(seconds, 0), int(longestWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, DefaultPause), longestWait)
}
