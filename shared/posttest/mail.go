// Package posttest holds a mail server and an SMS centre that deliver to nobody: they speak the real protocols, keep what they
// were given, and can be told to refuse, to fall silent and to hang up. Tests and the demo stand on them. Only those may import
// this package.
package posttest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Letter is an e-mail that the server took.
type Letter struct {
	At            time.Time
	From, To      string
	ID            string // Message-ID
	Subject, Text string
	Header        mail.Header
	User          string // who signed in
	Encrypted     bool
}

// Mail is a mail server. Make one with NewMail.
type Mail struct {
	// User and Password are asked for when they are set before Serve.
	User, Password string
	// Certificate encrypts by STARTTLS when it is set before Serve.
	Certificate *tls.Certificate
	// Refuse answers the address of a letter; nil takes all. *smtp.SMTPError chooses the code.
	Refuse func(to string) error
	// HangUp breaks the line when a letter was taken, before the sender is told.
	HangUp func(to string) bool

	mu       sync.Mutex
	letters  []Letter
	server   *smtp.Server
	listener net.Listener
	closed   bool
	arrived  chan struct{}
}

// NewMail makes a server; Serve starts it.
func NewMail() *Mail { return &Mail{arrived: make(chan struct{}, 1000)} }

// Serve answers on the listener until it is closed.
func (m *Mail) Serve(l net.Listener) error {
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &mailSession{mail: m, conn: c}, nil }))
	server.Domain = "mail.test"
	server.AllowInsecureAuth = m.Certificate == nil
	server.MaxMessageBytes, server.MaxRecipients = 1<<20, 1
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	if m.Certificate != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*m.Certificate}, MinVersion: tls.VersionTLS12}
	}
	if !m.begin(server, l) {
		return l.Close()
	}
	if err := server.Serve(l); !errors.Is(err, smtp.ErrServerClosed) {
		return err
	}
	return nil
}

// begin keeps what Close has to stop; false when the server was closed before it began.
func (m *Mail) begin(server *smtp.Server, l net.Listener) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.server, m.listener = server, l
	return !m.closed
}

// Close stops the server, also one that has not begun to serve yet.
func (m *Mail) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	if m.server == nil {
		return nil
	}
	err := m.server.Close()
	if closed := m.listener.Close(); !errors.Is(closed, net.ErrClosed) {
		err = errors.Join(err, closed)
	}
	return err
}

// Letters returns what was taken, in order.
func (m *Mail) Letters() []Letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Letter{}, m.letters...)
}

// Arrived receives something whenever a letter was taken.
func (m *Mail) Arrived() <-chan struct{} { return m.arrived }

// mailSession is one conversation.
type mailSession struct {
	mail           *Mail
	conn           *smtp.Conn
	user, from, to string
}

// AuthMechanisms implements smtp.AuthSession.
func (s *mailSession) AuthMechanisms() []string {
	if s.mail.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.mail.User || password != s.mail.Password {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.mail.User != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.mail.Refuse != nil {
		return s.mail.Refuse(to)
	}
	return nil
}

// Data implements smtp.Session.
func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l, err := readLetter(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	_, l.Encrypted = s.conn.TLSConnectionState()
	l.From, l.To, l.User, l.At = s.from, s.to, s.user, time.Now()
	s.mail.keep(l)
	if s.mail.HangUp != nil && s.mail.HangUp(s.to) {
		return errors.Join(errors.New("hung up"), s.conn.Conn().Close())
	}
	return nil
}

func (m *Mail) keep(l Letter) {
	m.mu.Lock()
	m.letters = append(m.letters, l)
	m.mu.Unlock()
	select {
	case m.arrived <- struct{}{}:
	default:
	}
}

// readLetter decodes a letter of one part.
func readLetter(raw []byte) (Letter, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Letter{}, err
	}
	body := message.Body
	if message.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return Letter{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	return Letter{ID: message.Header.Get("Message-Id"), Subject: subject, Text: string(text), Header: message.Header}, err
}

// Reset implements smtp.Session.
func (s *mailSession) Reset() { s.from, s.to = "", "" }

// Logout implements smtp.Session.
func (*mailSession) Logout() error { return nil }
