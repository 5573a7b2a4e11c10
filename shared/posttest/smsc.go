package posttest

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// Short is one part of a short message that the centre took.
type Short struct {
	At            time.Time
	ID            string
	From, To      string
	FromType      byte // type of number: 5 is alphanumeric
	Text          string
	Coding        byte // 8 is UCS-2
	Octets        int  // of the text, without the header
	Part, Of, Ref byte // 1 of 1 when the message has one part
	Validity      string
	WantsReceipt  bool
}

// SMSC is an SMS centre. Make one with NewSMSC.
type SMSC struct {
	// SystemID and Password are asked for when they are set before Serve.
	SystemID, Password string
	// Answer is the status by which a part is taken or refused; nil takes all.
	Answer func(s Short) data.CommandStatusType
	// Silent keeps the answer to a part back.
	Silent func(s Short) bool
	// Report is the final state that the receipt of a part has, such as DELIVRD; "" sends none. nil reports DELIVRD.
	Report func(s Short) string
	// Early sends the receipt before the answer.
	Early bool

	mu       sync.Mutex
	shorts   []Short
	answers  []data.CommandStatusType // to receipts
	conns    map[net.Conn]bool
	listener net.Listener
	closed   bool
	binds    int
}

// NewSMSC makes a centre; Serve starts it.
func NewSMSC() *SMSC { return &SMSC{conns: map[net.Conn]bool{}} }

// Serve answers on the listener until it is closed.
func (c *SMSC) Serve(l net.Listener) error {
	c.mu.Lock()
	closed := c.closed
	c.listener = l
	c.mu.Unlock()
	if closed {
		return l.Close()
	}
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.conns[conn] = true
		c.mu.Unlock()
		go func() {
			_ = c.talk(conn)
			_ = conn.Close()
			c.mu.Lock()
			delete(c.conns, conn)
			c.mu.Unlock()
		}()
	}
}

// Close stops the centre, also one that has not begun to serve yet.
func (c *SMSC) Close() error {
	c.mu.Lock()
	c.closed = true
	l := c.listener
	c.mu.Unlock()
	c.HangUp()
	if l == nil {
		return nil
	}
	return l.Close()
}

// HangUp breaks every line.
func (c *SMSC) HangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.conns {
		_ = conn.Close()
	}
}

// Shorts returns the parts that were taken, in order.
func (c *SMSC) Shorts() []Short {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Short{}, c.shorts...)
}

// Answers returns how receipts were answered, in order.
func (c *SMSC) Answers() []data.CommandStatusType {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]data.CommandStatusType{}, c.answers...)
}

// Binds says how often somebody signed in.
func (c *SMSC) Binds() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.binds
}

// talk is one conversation.
func (c *SMSC) talk(conn net.Conn) error {
	if err := c.bind(conn); err != nil {
		return err
	}
	for {
		p, err := pdu.Parse(conn)
		if err != nil {
			return err
		}
		switch p := p.(type) {
		case *pdu.SubmitSM:
			err = c.take(conn, p)
		case *pdu.DeliverSMResp:
			c.mu.Lock()
			c.answers = append(c.answers, p.CommandStatus)
			c.mu.Unlock()
		case *pdu.Unbind:
			return write(conn, p.GetResponse())
		default:
			if p.CanResponse() {
				err = write(conn, p.GetResponse())
			}
		}
		if err != nil {
			return err
		}
	}
}

var errBind = errors.New("refused")

func (c *SMSC) bind(conn net.Conn) error {
	p, err := pdu.Parse(conn)
	if err != nil {
		return err
	}
	b, ok := p.(*pdu.BindRequest)
	if !ok {
		return errBind
	}
	answer := pdu.NewBindResp(*b)
	if c.SystemID != "" && (b.SystemID != c.SystemID || b.Password != c.Password) {
		answer.CommandStatus = data.ESME_RBINDFAIL
		return errors.Join(errBind, write(conn, answer))
	}
	c.mu.Lock()
	c.binds++
	c.mu.Unlock()
	return write(conn, answer)
}

func write(conn net.Conn, p pdu.PDU) error {
	b := pdu.NewBuffer(nil)
	p.Marshal(b)
	_, err := conn.Write(b.Bytes())
	return err
}

// take takes or refuses a part, and reports what became of it.
func (c *SMSC) take(conn net.Conn, p *pdu.SubmitSM) error {
	s := shortOf(p)
	answer, _ := p.GetResponse().(*pdu.SubmitSMResp)
	if c.Answer != nil {
		answer.CommandStatus = c.Answer(s)
	}
	if answer.CommandStatus != data.ESME_ROK {
		return write(conn, answer)
	}
	c.mu.Lock()
	s.ID = fmt.Sprintf("%08x", len(c.shorts)+1)
	c.shorts = append(c.shorts, s)
	c.mu.Unlock()
	answer.MessageID = s.ID
	if c.Silent != nil && c.Silent(s) {
		return nil
	}
	if c.Early {
		return errors.Join(c.report(conn, s), write(conn, answer))
	}
	return errors.Join(write(conn, answer), c.report(conn, s))
}

func shortOf(p *pdu.SubmitSM) Short {
	raw, _ := p.Message.GetMessageData()
	text, _ := p.Message.GetMessage()
	s := Short{
		At: time.Now(), From: p.SourceAddr.Address(), FromType: p.SourceAddr.Ton(), To: p.DestAddr.Address(), Text: text,
		Coding: p.Message.Encoding().DataCoding(), Octets: len(raw), Part: 1, Of: 1, Validity: p.ValidityPeriod, WantsReceipt: p.RegisteredDelivery&1 == 1,
	}
	if of, part, ref, found := p.Message.UDH().GetConcatInfo(); found {
		s.Part, s.Of, s.Ref = part, of, ref
	}
	return s
}

// report sends the receipt of a part.
func (c *SMSC) report(conn net.Conn, s Short) error {
	state := "DELIVRD"
	if c.Report != nil {
		state = c.Report(s)
	}
	if state == "" || !s.WantsReceipt {
		return nil
	}
	p, _ := pdu.NewDeliverSM().(*pdu.DeliverSM)
	p.EsmClass = data.SM_SMSC_DLV_RCPT_TYPE
	_ = p.SourceAddr.SetAddress(s.To)
	_ = p.DestAddr.SetAddress(s.From)
	now := time.Now().Format("0601021504")
	text := fmt.Sprintf("id:%s sub:001 dlvrd:001 submit date:%s done date:%s stat:%s err:000 text:", s.ID, now, now, state)
	if err := p.Message.SetMessageWithEncoding(text, data.ASCII); err != nil {
		return err
	}
	return write(conn, p)
}
