// Package mail sends notices by electronic mail through the installation's mail server. It speaks SMTP by
// github.com/wneessen/go-mail and knows nothing of cases; it may import internal/notices and shared.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"portal.example/internal-site/internal/notices"
	"portal.example/shared/fault"
)

// Config says through which server letters leave, and from whom.
type Config struct {
	// Server is host:port of the mail server; "" sends no e-mail.
	Server string `koanf:"server"`
	// Encryption is starttls (when empty; port 587), tls (from the first byte; port 465) or none. Without it there can be no user,
	// and the server should be on this machine.
	Encryption string `koanf:"encryption"`
	// CA is a file with the certificates that the server's must be signed by; "" trusts those of the machine.
	CA string `koanf:"ca"`
	// User and Password sign in to the server; without a user nobody does.
	User     string `koanf:"user"`
	Password string `koanf:"password"`
	// From is the sender, as in «ЦНАП <portal@example.gov.ua>».
	From string `koanf:"from"`
}

// connectionTime bounds each conversation with the server.
const connectionTime = 20 * time.Second

// Channel sends letters, each over a connection of its own.
type Channel struct {
	from    *mail.Address
	options []gomail.Option
	host    string
}

// New makes a channel of a configuration, or says what is wrong with it.
func New(c Config) (*Channel, error) {
	host, port, err := splitServer(c.Server)
	if err != nil {
		return nil, fault.Usagef("email.server: %v", err)
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fault.Usagef("email.from: an address is needed, as in Portal <portal@example.gov.ua>")
	}
	trust := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		if trust.RootCAs, err = readCertificates(c.CA); err != nil {
			return nil, fault.Usagef("email.ca: %v", err)
		}
	}
	options := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(connectionTime), gomail.WithTLSConfig(trust), gomail.WithHELO(domainOf(from.Address))}
	switch c.Encryption {
	case "", "starttls":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		if c.User != "" {
			return nil, fault.Usagef("email.encryption: none would send the password in the clear; take the user out, or use starttls or tls")
		}
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fault.Usagef("email.encryption: %q is none of starttls, tls and none", c.Encryption)
	}
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	return &Channel{from: from, options: options, host: host}, nil
}

func splitServer(server string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(server)
	if err != nil || host == "" {
		return "", 0, errors.New("host:port is needed")
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return "", 0, fmt.Errorf("%q is no port", text)
	}
	return host, port, nil
}

func readCertificates(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path) //nolint:gosec // a path of the configuration
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", path)
	}
	return pool, nil
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// Send implements notices.Channel. Everything up to the message itself may be tried again; once the server had all of it
// and did not answer, nobody knows.
func (c *Channel) Send(ctx context.Context, l notices.Letter, handing func() error) (notices.Receipt, error) {
	message, err := c.compose(l)
	if err != nil {
		return notices.Receipt{}, &notices.Failure{Fate: notices.Never, Reason: notices.ReasonNoEmail, Detail: err.Error()}
	}
	client, err := gomail.NewClient(c.host, c.options...)
	if err != nil {
		return notices.Receipt{}, &notices.Failure{Fate: notices.Later, Reason: notices.ReasonAway, Detail: err.Error()}
	}
	line, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return notices.Receipt{}, &notices.Failure{Fate: notices.Later, Reason: notices.ReasonAway, Detail: err.Error()}
	}
	defer func() { _ = client.CloseWithSMTPClient(line) }()
	if err := handing(); err != nil {
		return notices.Receipt{}, err
	}
	if err := client.SendWithSMTPClient(line, message); err != nil && !message.IsDelivered() {
		return notices.Receipt{}, failureOf(err)
	}
	return notices.Receipt{}, nil
}

// compose makes the message. Its id is that of the notice, so that a server that takes a letter twice can tell.
func (c *Channel) compose(l notices.Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(c.from)
	if err := m.To(l.To); err != nil {
		return nil, err
	}
	m.Subject(l.Subject)
	m.SetDate()
	m.SetMessageIDWithValue(l.ID.String() + "@" + domainOf(c.from.Address))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	return m, nil
}

// failureOf says what an error means for the letter: a server that said 4xx may take it later, one that said 5xx to the
// address or the message will not, and one that broke off after the last byte may have taken it.
func failureOf(err error) *notices.Failure {
	var s *gomail.SendError
	if !errors.As(err, &s) {
		return &notices.Failure{Fate: notices.Nowhere, Reason: notices.ReasonInterrupted, Detail: err.Error()}
	}
	answered := s.ErrorCode() >= 400
	switch {
	case s.Reason == gomail.ErrSMTPDataClose && !answered:
		return &notices.Failure{Fate: notices.Nowhere, Reason: notices.ReasonInterrupted, Detail: err.Error()}
	case !answered:
		return &notices.Failure{Fate: notices.Later, Reason: notices.ReasonAway, Detail: err.Error()}
	case s.IsTemp() || s.Reason == gomail.ErrSMTPMailFrom: // a sender that is refused is ours to mend, not the applicant's
		return &notices.Failure{Fate: notices.Later, Reason: notices.ReasonRefused, Detail: err.Error()}
	}
	return &notices.Failure{Fate: notices.Never, Reason: notices.ReasonRefused, Detail: err.Error()}
}
