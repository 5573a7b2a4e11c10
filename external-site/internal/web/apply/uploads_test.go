package apply_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/web/areatest"
)

// slow is an upload that is under way and sends nothing more.
func (b *whole) slow(from string) net.Conn {
	b.t.Helper()
	return b.stuck(from, 600)
}

// stuck is an upload that stops after so many bytes.
func (b *whole) stuck(from string, size int) net.Conn {
	b.t.Helper()
	address, err := url.Parse(b.server.URL)
	must(b.t, err)
	conn, err := (&net.Dialer{}).DialContext(b.t.Context(), "tcp", address.Host)
	must(b.t, err)
	b.t.Cleanup(func() { _ = conn.Close() })
	cookies := ""
	for _, c := range b.Held(at) {
		cookies += c.Name + "=" + c.Value + "; "
	}
	const head = "--x\r\nContent-Disposition: form-data; name=\"identity_document\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7 "
	_, err = fmt.Fprintf(conn, "POST %s/step/documents HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nX-Forwarded-For: %s\r\nCookie: %s\r\n"+
		"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n%s%s", at, address.Host, from, cookies, head, strings.Repeat("x", size))
	must(b.t, err)
	return conn
}

// waitForUploads waits until so many uploads are being read.
func (b *whole) waitForUploads(n int) {
	b.t.Helper()
	for range n {
		select {
		case <-b.receiving:
		case <-time.After(time.Minute):
			b.t.Fatal("the uploads did not begin")
		}
	}
}

// from is a browser of another citizen, at another address.
func (b *whole) from(t *testing.T, address string) *browser {
	t.Helper()
	other := areatest.NewBrowser(t)
	other.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("X-Forwarded-For", address)
		b.server.Config.Handler.ServeHTTP(w, r)
	})
	return &browser{Browser: &other, t: t, centre: b.Centre}
}

// Eight connections send a file and never its end, from one address and then from eight more: another citizen's file goes
// through.
func TestSlowUploadsKeepNobodyElseWaiting(t *testing.T) {
	b := openWhole(t, 0)
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	for sent, addresses := range []int{1, 8} {
		for i := range 8 {
			b.slow(fmt.Sprintf("203.0.%d.%d", addresses, i%addresses))
		}
		b.waitForUploads(min(8, 2*addresses)) // of one address two are read at a time
		citizen := b.from(t, fmt.Sprintf("198.51.100.%d", addresses))
		citizen.filled()
		if n := len(b.Fetch()); n != sent {
			t.Errorf("%d messages", n)
		}
		citizen.expect(citizen.post(at+"/check", "consent", "true"), at+"/receipt")
		if waiting := b.Fetch(); len(waiting) != sent+1 || len(waiting[sent].Open(t).Attachments) != 1 {
			t.Errorf("%d messages", len(waiting))
		}
	}
}

// floodSize is how much each upload of a flood brings before it stops.
const floodSize = 400 << 10

// Uploads from forty networks, each with a draft in which something was answered, hold twice the room that there is. A citizen's file goes through all the same, and the application is sent.
func TestAFloodFromManyNetworksKeepsNobodyOut(t *testing.T) {
	const room, networks = 8 << 20, 40
	b := openWhole(t, room)
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	citizen := b.from(t, "198.51.100.7")
	citizen.upToDocuments()
	for i := range networks {
		b.stuck(fmt.Sprintf("203.0.%d.1", i), floodSize+64<<10)
		select { // each one displaces an earlier one once the room is full
		case <-b.flooded:
		case <-time.After(time.Minute):
			t.Fatalf("upload %d was not taken in", i)
		}
	}
	began := time.Now()
	citizen.expect(citizen.upload("", "passport.pdf", "%PDF-1.7 "+strings.Repeat("x", 300<<10)), at+"/check")
	t.Logf("%d networks hold all of %d MiB; a file of 300 KiB took %v", networks, room>>20, time.Since(began).Round(time.Millisecond))
	citizen.expect(citizen.post(at+"/check", "consent", "true"), at+"/receipt")
}

// Two uploads of one address are read at a time: the third waits until one of them has ended.
func TestUploadsOfOneAddressWaitForEachOther(t *testing.T) {
	b := openWhole(t, 0)
	b.upToDocuments()
	first, _ := b.slow("203.0.113.1"), b.slow("203.0.113.1")
	b.waitForUploads(2)
	third := b.from(t, "203.0.113.1")
	handler := third.Handler
	*third.Browser = *b.Browser // with the same draft
	third.Handler = handler
	done := make(chan page)
	go func() { done <- third.upload("stay", "b.pdf", "%PDF-b") }()
	must(t, first.Close())
	select {
	case p := <-done:
		b.expect(p, at+"/step/documents")
	case <-time.After(time.Minute):
		t.Error("the third upload never went on")
	}
}

// A connection that breaks in the middle of a file leaves no address in the log.
func TestTheLogOfABrokenUploadNamesNobody(t *testing.T) {
	b := openWhole(t, 0)
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	conn := b.slow("203.0.113.1")
	b.waitForUploads(1)
	local := conn.LocalAddr().String()
	must(t, conn.(*net.TCPConn).SetLinger(0)) // the connection is reset, not closed
	must(t, conn.Close())
	b.server.Close() // waits for the handler
	if log := b.log.String(); strings.Contains(log, local) || strings.Contains(log, "127.0.0.1") || !strings.Contains(log, "the connection broke") {
		t.Errorf("the log:\n%s", log)
	}
}
