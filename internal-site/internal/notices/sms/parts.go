package sms

import (
	"encoding/binary"
	"unicode/utf16"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"portal.example/internal-site/internal/notices"
)

// Parts cuts a text into the parts that it leaves as: one of up to 70 UTF-16 units, or several of up to 67, since every part
// of many has a header. A character that takes two units is never cut in half.
func Parts(text string) [][]uint16 {
	all := utf16.Encode([]rune(text))
	if len(all) <= notices.PartAlone {
		return [][]uint16{all}
	}
	var parts [][]uint16
	for len(all) > 0 {
		n := min(notices.PartOfMany, len(all))
		if n < len(all) && utf16.IsSurrogate(rune(all[n-1])) && utf16.IsSurrogate(rune(all[n])) && all[n-1] < 0xDC00 {
			n--
		}
		parts, all = append(parts, all[:n]), all[n:]
	}
	return parts
}

// validity is how long the SMS centre tries: a day, relative.
const validity = "000001000000000R"

// packet makes the submit_sm of one part.
func (c *Channel) packet(to string, part []uint16, at, of int, reference byte) *pdu.SubmitSM {
	p, _ := pdu.NewSubmitSM().(*pdu.SubmitSM)
	p.SourceAddr = sender(c.c.Sender)
	p.DestAddr = address(data.GSM_TON_INTERNATIONAL, data.GSM_NPI_E164, number(to))
	p.RegisteredDelivery = data.SM_SMSC_RECEIPT_REQUESTED
	p.ValidityPeriod = validity
	text := make([]byte, 0, 2*len(part))
	for _, u := range part {
		text = binary.BigEndian.AppendUint16(text, u)
	}
	_ = p.Message.SetMessageDataWithEncoding(text, data.UCS2) // at most 140 octets, of the 254 that there may be
	if of > 1 {
		p.EsmClass |= data.SM_UDH_GSM
		p.Message.SetUDH(pdu.UDH{pdu.NewIEConcatMessage(byte(of), byte(at), reference)}) //nolint:gosec // at most maxParts
	}
	return p
}

// sender is the address of an alpha-name or of a number.
func sender(name string) pdu.Address {
	if plainNumber.MatchString(name) {
		return address(data.GSM_TON_INTERNATIONAL, data.GSM_NPI_E164, name)
	}
	return address(data.GSM_TON_ALPHANUMERIC, data.GSM_NPI_UNKNOWN, name)
}

func address(ton, npi byte, s string) pdu.Address {
	a := pdu.NewAddressWithTonNpi(ton, npi)
	_ = a.SetAddress(s) // at most 20 octets: an alpha-name has 11, a number 15
	return a
}
