package sms

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"portal.example/internal-site/internal/notices"
)

const (
	dialTime  = 10 * time.Second
	writeTime = 10 * time.Second
	// quiet is how long the line may be silent before it is asked whether it lives; silent is when it is dead.
	quiet  = 30 * time.Second
	silent = quiet + 20*time.Second
)

// session is one bound connection. Its reader is serve; submit may be called by many.
type session struct {
	conn     net.Conn
	wait     time.Duration
	receipts Receipts

	writing sync.Mutex

	mu       sync.Mutex
	sequence int32
	answers  map[int32]chan pdu.PDU // by the number of the packet that is waited for
	broken   chan struct{}          // closed when the session has ended
}

// open connects and binds as a transceiver.
func (c *Channel) open(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, wait: c.wait, receipts: c.receipts, answers: map[int32]chan pdu.PDU{}, broken: make(chan struct{})}
	if err := s.bind(c.c); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return s, nil
}

func (c *Channel) dial(ctx context.Context) (net.Conn, error) {
	if c.trust != nil {
		return (&tls.Dialer{Config: c.trust}).DialContext(ctx, "tcp", c.c.Server)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", c.c.Server)
}

// bind signs in. Nothing else is on the line yet, so the answer is the next packet.
func (s *session) bind(c Config) error {
	b := pdu.NewBindRequest(pdu.Transceiver)
	b.SystemID, b.Password, b.SystemType = c.SystemID, c.Password, c.SystemType
	s.number(b)
	if err := s.write(b); err != nil {
		return err
	}
	if err := s.conn.SetReadDeadline(time.Now().Add(s.wait)); err != nil {
		return err
	}
	answer, err := read(s.conn)
	if err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	h := answer.GetHeader()
	if h.CommandID != data.BIND_TRANSCEIVER_RESP || h.CommandStatus != data.ESME_ROK {
		return fmt.Errorf("bind refused: %s %s", h.CommandStatus, h.CommandStatus.Desc())
	}
	return nil
}

// read reads one packet. What the other side sends is not trusted to be well formed, nor the library to refuse all of it.
func read(conn net.Conn) (p pdu.PDU, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("malformed packet: %v", cause)
		}
	}()
	return pdu.Parse(conn)
}

// write sends one packet whole.
func (s *session) write(p pdu.PDU) error {
	b := pdu.NewBuffer(nil)
	p.Marshal(b)
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	_, err := s.conn.Write(b.Bytes())
	return err
}

// number gives a packet the next number of this session.
func (s *session) number(p pdu.PDU) int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sequence++
	p.SetSequenceNumber(s.sequence)
	return s.sequence
}

// serve reads until the line breaks or ctx ends; then it says goodbye. Receipts are recorded in the order of arrival.
func (s *session) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer close(s.broken)
	defer func() { _ = s.conn.Close() }()
	helpers.Go(func() { s.keepAlive(ctx) })
	helpers.Go(func() {
		<-ctx.Done()
		_ = s.write(pdu.NewUnbind())
		_ = s.conn.SetReadDeadline(time.Now())
	})
	defer cancel()
	for {
		if err := s.conn.SetReadDeadline(time.Now().Add(silent)); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p, err := read(s.conn)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if err := s.take(ctx, p); err != nil {
			return err
		}
	}
}

// keepAlive asks the other side whether it lives while nothing else is said.
func (s *session) keepAlive(ctx context.Context) {
	tick := time.NewTicker(quiet)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p := pdu.NewEnquireLink()
			s.number(p)
			if s.write(p) != nil {
				_ = s.conn.Close()
				return
			}
		}
	}
}

var errUnbound = errors.New("the SMS centre ended the session")

// take does what a packet of the other side asks for, or hands it to whoever waits for it.
func (s *session) take(ctx context.Context, p pdu.PDU) error {
	switch p := p.(type) {
	case *pdu.DeliverSM:
		return s.write(s.deliver(ctx, p))
	case *pdu.EnquireLink:
		return s.write(p.GetResponse())
	case *pdu.Unbind:
		return errors.Join(errUnbound, s.write(p.GetResponse()))
	default:
		s.mu.Lock()
		answer := s.answers[p.GetSequenceNumber()]
		delete(s.answers, p.GetSequenceNumber())
		s.mu.Unlock()
		if answer != nil {
			answer <- p
		}
		return nil
	}
}

// deliver records a receipt and says whether it is recorded; when it is not, the centre sends it again later.
func (s *session) deliver(ctx context.Context, p *pdu.DeliverSM) pdu.PDU {
	answer, _ := p.GetResponse().(*pdu.DeliverSMResp)
	r, ok := readReceipt(p)
	if !ok || !r.final {
		return answer
	}
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	if err := s.receipts(ctx, r.id, r.delivered, r.detail); err != nil {
		answer.CommandStatus = data.ESME_RX_T_APPN
	}
	return answer
}

// submit sends one part and waits for the answer: the id under which a receipt will speak of it. Once the packet may have
// left, only an answer tells what became of it.
func (s *session) submit(ctx context.Context, p *pdu.SubmitSM) (id string, err error) {
	answer := make(chan pdu.PDU, 1)
	n := s.number(p)
	s.mu.Lock()
	s.answers[n] = answer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.answers, n)
		s.mu.Unlock()
	}()
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	if err := s.write(p); err != nil {
		return "", lost(err.Error())
	}
	select {
	case a := <-answer:
		return idIn(a)
	case <-s.broken:
		return "", lost("the line broke before the answer")
	case <-ctx.Done():
		return "", lost("no answer in time")
	}
}

func lost(why string) error {
	return &notices.Failure{Fate: notices.Nowhere, Reason: notices.ReasonInterrupted, Detail: why}
}

// idIn reads the answer to a message.
func idIn(p pdu.PDU) (string, error) {
	if status := p.GetHeader().CommandStatus; status != data.ESME_ROK {
		return "", failureOf(status)
	}
	r, ok := p.(*pdu.SubmitSMResp)
	if !ok || r.MessageID == "" {
		return "", lost("the answer names no message")
	}
	return r.MessageID, nil
}
