package hall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/scripts/internal/stack"
)

// operator is the head of a centre at a browser: receives people, and sits at a window.
type operator struct {
	site   string
	client *http.Client
}

var hallLink = regexp.MustCompile(`/reception/([0-9a-f-]{36})`)

// signIn signs in the first head of a centre in the demo, and finds the hall.
func signIn(ctx context.Context, st stack.Status) (o *operator, centre uuid.UUID, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, centre, fmt.Errorf("cookies: %w", err)
	}
	o = &operator{site: st.InternalSite, client: &http.Client{
		Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, account := range st.SignIns {
		if !strings.HasPrefix(account.Login, "head.") {
			continue
		}
		if _, to, err := o.ask(ctx, http.MethodPost, "/sign-in", url.Values{"login": {account.Login}, "password": {account.Password}}); err != nil || to == "" || strings.HasPrefix(to, "/sign-in") {
			continue // a head who needs a second factor, or of no centre
		}
		page, _, err := o.ask(ctx, http.MethodGet, "/reception", nil)
		if err != nil {
			continue
		}
		if found := hallLink.FindStringSubmatch(page); found != nil {
			centre, err = uuid.Parse(found[1])
			return o, centre, err
		}
	}
	return nil, centre, errors.New("no head of a centre with a hall can sign in")
}

// press sends a form, and says what the page that comes back complains of.
func (o *operator) press(ctx context.Context, path string, form url.Values) error {
	_, to, err := o.ask(ctx, http.MethodPost, path, form)
	if err == nil && to == "" {
		err = fmt.Errorf("%s was not done", path)
	}
	return err
}

func (o *operator) ask(ctx context.Context, method, path string, form url.Values) (body, to string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, o.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", "", fmt.Errorf("ask for %s: %w", path, err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return "", "", fmt.Errorf("ask for %s: %w", path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return "", "", fmt.Errorf("read %s: %w", path, err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return "", "", fmt.Errorf("%s %s answers %s", method, path, resp.Status)
	}
	return string(raw), resp.Header.Get("Location"), nil
}

// cookies are those with which a display of the hall asks.
func (o *operator) cookies() (string, error) {
	u, err := url.Parse(o.site)
	if err != nil {
		return "", fmt.Errorf("address of the site: %w", err)
	}
	var all []string
	for _, c := range o.client.Jar.Cookies(u) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; "), nil
}
