// Package sms sends notices as short messages through an operator's SMS centre, by SMPP 3.4. Packets are those of
// github.com/linxGnu/gosmpp/pdu; the session is our own, because a letter waits for its answer and a receipt is answered
// only when it is recorded. It knows nothing of cases; it may import internal/notices and shared.
package sms

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"portal.example/internal-site/internal/notices"
	"portal.example/shared/background"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// Config says through which SMS centre messages leave, and under which name.
type Config struct {
	// Server is host:port of the SMS centre; "" sends no SMS.
	Server string `koanf:"server"`
	// TLS encrypts the connection. Without it the line to the operator should be a tunnel.
	TLS bool `koanf:"tls"`
	// CA is a file with the certificates that the centre's must be signed by; "" trusts those of the machine.
	CA string `koanf:"ca"`
	// SystemID, Password and SystemType are what the operator gave out. The protocol allows 15, 8 and 12 characters.
	SystemID   string `koanf:"system_id"`
	Password   string `koanf:"password"`
	SystemType string `koanf:"system_type"`
	// Sender is the alpha-name that phones show, up to 11 Latin letters, digits and spaces, as registered with the operators; or
	// a number.
	Sender string `koanf:"sender"`
}

var (
	alphaName   = regexp.MustCompile(`^[A-Za-z0-9 ._-]{1,11}$`)
	plainNumber = regexp.MustCompile(`^[0-9]{3,15}$`)
)

// Receipts records what the SMS centre says of a message. An error lets the centre say it again.
type Receipts func(ctx context.Context, messageID string, delivered bool, detail string) error

// Channel keeps a session with the SMS centre and sends through it.
type Channel struct {
	c        Config
	trust    *tls.Config
	receipts Receipts
	log      *slog.Logger
	wait     time.Duration // for an answer

	mu      sync.Mutex
	session *session
	changed chan struct{} // closed when session changes
}

// New makes a channel of a configuration, or says what is wrong with it.
func New(c Config, receipts Receipts, log *slog.Logger) (*Channel, error) {
	host, _, err := net.SplitHostPort(c.Server)
	switch {
	case err != nil || host == "":
		return nil, fault.Usagef("sms.server: host:port is needed")
	case c.SystemID == "" || len(c.SystemID) > 15 || len(c.Password) > 8 || len(c.SystemType) > 12:
		return nil, fault.Usagef("sms.system_id is needed; system_id, password and system_type have at most 15, 8 and 12 characters")
	case !alphaName.MatchString(c.Sender) && !plainNumber.MatchString(c.Sender):
		return nil, fault.Usagef("sms.sender: an alpha-name of up to 11 Latin letters and digits is needed, or a number")
	}
	ch := &Channel{c: c, receipts: receipts, log: log, wait: 15 * time.Second, changed: make(chan struct{})}
	if !c.TLS {
		return ch, nil
	}
	ch.trust = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, fault.Usagef("sms.ca: %v", err)
		}
		ch.trust.RootCAs = x509.NewCertPool()
		if !ch.trust.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fault.Usagef("sms.ca: %s holds no certificate", c.CA)
		}
	}
	return ch, nil
}

// Run keeps a session until ctx ends, and makes a new one when it breaks.
func (c *Channel) Run(ctx context.Context) error {
	again := background.Retry{Log: c.log, What: "sms: no session with the SMS centre; trying again"}
	for ctx.Err() == nil {
		err := c.hold(ctx)
		if ctx.Err() == nil {
			_ = again.Wait(ctx, err) // only when ctx has ended, which the loop sees
		}
	}
	return nil
}

// hold makes one session and keeps it until it breaks or ctx ends.
func (c *Channel) hold(ctx context.Context) error {
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	c.log.Info("session with the SMS centre", "server", c.c.Server)
	c.set(s)
	defer c.set(nil)
	return s.serve(ctx)
}

func (c *Channel) set(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
	close(c.changed)
	c.changed = make(chan struct{})
}

// Bound says whether there is a session now.
func (c *Channel) Bound(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil {
		return errors.New("no session with the SMS centre")
	}
	return nil
}

// current waits a moment for a session.
func (c *Channel) current(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	for {
		c.mu.Lock()
		s, changed := c.session, c.changed
		c.mu.Unlock()
		if s != nil {
			return s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, &notices.Failure{Fate: notices.Later, Reason: notices.ReasonAway, Detail: "no session with the SMS centre"}
		}
	}
}

// Send implements notices.Channel: the parts leave one after the other, each after the answer to the one before.
func (c *Channel) Send(ctx context.Context, l notices.Letter, handing func() error) (r notices.Receipt, err error) {
	s, err := c.current(ctx)
	if err != nil {
		return r, err
	}
	parts := Parts(l.Text)
	if len(parts) > maxParts {
		return r, &notices.Failure{Fate: notices.Never, Reason: notices.ReasonRefused, Detail: "the text is too long"}
	}
	if err := handing(); err != nil {
		return r, err
	}
	reference := l.ID[15]
	for i, part := range parts {
		id, err := s.submit(ctx, c.packet(l.To, part, i+1, len(parts), reference))
		if err != nil {
			return r, afterParts(i, err)
		}
		r.MessageIDs = append(r.MessageIDs, id)
	}
	return r, nil
}

// afterParts says what an error means when some parts have left already: the message must not be begun again.
func afterParts(left int, err error) error {
	var f *notices.Failure
	if left > 0 && errors.As(err, &f) && f.Fate == notices.Later {
		return &notices.Failure{Fate: notices.Never, Reason: f.Reason, Detail: f.Detail}
	}
	return err
}

// maxParts is more than a notice needs.
const maxParts = 6

// failureOf says what a refusal of the SMS centre means for the message.
func failureOf(status data.CommandStatusType) *notices.Failure {
	f := &notices.Failure{Fate: notices.Never, Reason: notices.ReasonRefused, Detail: plain.Line(status.String() + " " + status.Desc())}
	switch status {
	case data.ESME_RTHROTTLED, data.ESME_RMSGQFUL, data.ESME_RSYSERR, data.ESME_RX_T_APPN:
		f.Fate = notices.Later
	case data.ESME_RINVSRCADR: // the alpha-name is ours to mend
		f.Fate = notices.Later
	}
	return f
}

// number is a destination as the protocol writes it.
func number(phone string) string { return strings.TrimPrefix(phone, "+") }
