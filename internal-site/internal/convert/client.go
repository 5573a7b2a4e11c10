package convert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Client asks the worker at a socket.
type Client struct{ http *http.Client }

// answerWithin is longer than a document waits and takes together.
const answerWithin = patience + LongestWithin + 5*time.Second

// NewClient makes a client of the worker that listens at the path.
func NewClient(socket string) *Client {
	dialer := net.Dialer{Timeout: 2 * time.Second}
	return &Client{&http.Client{
		Timeout:       answerWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, "unix", socket)
			},
			DisableCompression:     true,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: 16 << 10,
		},
	}}
}

// Convert asks for the PDF of a document. Every error of it is an *Error.
func (c *Client) Convert(ctx context.Context, mediaType string, document []byte) ([]byte, error) {
	switch {
	case !Takes(mediaType):
		return nil, Unknown.Failed(nil)
	case len(document) > MaxSource:
		return nil, TooLarge.Failed(nil)
	}
	answer, err := c.send(ctx, http.MethodPost, "/pdf", mediaType, document)
	if err != nil {
		return nil, Away.Failed(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, failure(answer)
	}
	pdf, err := io.ReadAll(io.LimitReader(answer.Body, MaxResult+1))
	if err != nil {
		return nil, Away.Failed(err)
	}
	return pdf, checkPDF(pdf)
}

// failure reads why there is no PDF. The worker is believed no word but those it may say.
func failure(answer *http.Response) error {
	said, err := io.ReadAll(io.LimitReader(answer.Body, 64))
	outcome := Outcome(said)
	if outcome.Lasts() || outcome == Busy {
		return outcome.Failed(err)
	}
	return Away.Failed(errors.Join(err, fmt.Errorf("the worker answers with %d", answer.StatusCode)))
}

// Ping says whether the worker is there and can work.
func (c *Client) Ping(ctx context.Context) error {
	answer, err := c.send(ctx, http.MethodGet, "/healthz", "", nil)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("convert: the worker answers with %d", answer.StatusCode)
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, path, mediaType string, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://convert"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", mediaType)
	return c.http.Do(request)
}
