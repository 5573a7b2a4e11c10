package apply_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// slow is an upload that is under way and sends nothing more.
func (b *browser) slow(from string) net.Conn {
	b.t.Helper()
	return b.stuck(from, 600)
}

// stuck is an upload that stops after so many bytes.
func (b *browser) stuck(from string, size int) net.Conn {
	b.t.Helper()
	address, err := url.Parse(b.server.URL)
	must(b.t, err)
	conn, err := (&net.Dialer{}).DialContext(b.t.Context(), "tcp", address.Host)
	must(b.t, err)
	b.t.Cleanup(func() { _ = conn.Close() })
	cookies := ""
	for _, c := range b.client.Jar.Cookies(&url.URL{Scheme: "http", Host: address.Host, Path: at}) {
		cookies += c.Name + "=" + c.Value + "; "
	}
	const head = "--x\r\nContent-Disposition: form-data; name=\"identity_document\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7 "
	_, err = fmt.Fprintf(conn, "POST %s/step/documents HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nX-Forwarded-For: %s\r\nCookie: %s\r\n"+
		"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n%s%s", at, address.Host, from, cookies, head, strings.Repeat("x", size))
	must(b.t, err)
	return conn
}

// waitForUploads waits until so many uploads are being read.
func (b *browser) waitForUploads(n int) {
	b.t.Helper()
	for range n {
		select {
		case <-b.receiving:
		case <-time.After(time.Minute):
			b.t.Fatal("the uploads did not begin")
		}
	}
}

// from is another citizen, at another address.
func (b *browser) from(address string) *browser {
	b.t.Helper()
	other := *b
	jar, err := cookiejar.New(nil)
	must(b.t, err)
	client := *b.client
	client.Jar = jar
	client.Transport = forwarded{address}
	other.client = &client
	return &other
}

// forwarded is a proxy that says where requests come from.
type forwarded struct{ address string }

func (f forwarded) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Forwarded-For", f.address)
	return http.DefaultTransport.RoundTrip(r)
}

// TestSlowUploadsKeepNobodyElseWaiting: eight connections that send a file and never its end, from one address and
// from eight, and a ninth citizen's file goes through.
func TestSlowUploadsKeepNobodyElseWaiting(t *testing.T) {
	for name, addresses := range map[string]int{"from one address": 1, "from eight addresses": 8} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
			for i := range 8 {
				b.slow(fmt.Sprintf("203.0.113.%d", i%addresses))
			}
			b.waitForUploads(min(8, 2*addresses)) // of one address two are read at a time
			citizen := b.from("198.51.100.7")
			citizen.filled()
			if n := len(b.Fetch()); n != 0 {
				t.Errorf("%d messages", n)
			}
			citizen.expect(citizen.post(at+"/check", "consent", "true"), at+"/receipt")
			if waiting := b.Fetch(); len(waiting) != 1 || len(waiting[0].Open(t).Attachments) != 1 {
				t.Errorf("%d messages", len(waiting))
			}
		})
	}
}

// floodSize is how much each upload of a flood brings before it stops.
const floodSize = 400 << 10

// TestAFloodFromManyNetworksKeepsNobodyOut: uploads from forty networks, each with a draft in which something was
// answered, hold twice the room that there is. A citizen's file goes through all the same, and the application is sent.
func TestAFloodFromManyNetworksKeepsNobodyOut(t *testing.T) {
	const room, networks = 8 << 20, 40
	b := openWith(t, room)
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	citizen := b.from("198.51.100.7")
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
	citizen.expect(citizen.upload(at+"/step/documents", "", "passport.pdf", "%PDF-1.7 "+strings.Repeat("x", 300<<10)), at+"/check")
	t.Logf("%d networks hold all of %d MiB; a file of 300 KiB took %v", networks, room>>20, time.Since(began).Round(time.Millisecond))
	citizen.expect(citizen.post(at+"/check", "consent", "true"), at+"/receipt")
}

// TestUploadsOfOneAddressWaitForEachOther: the third waits until one of two has ended.
func TestUploadsOfOneAddressWaitForEachOther(t *testing.T) {
	b := open(t)
	b.upToDocuments()
	first, _ := b.slow("203.0.113.1"), b.slow("203.0.113.1")
	b.waitForUploads(2)
	third := b.from("203.0.113.1")
	third.client.Jar = b.client.Jar
	done := make(chan page)
	go func() { done <- third.upload(at+"/step/documents", "stay", "b.pdf", "%PDF-b") }()
	must(t, first.Close())
	select {
	case p := <-done:
		b.expect(p, at+"/step/documents")
	case <-time.After(time.Minute):
		t.Error("the third upload never went on")
	}
}

// TestTheLogOfABrokenUploadNamesNobody: a connection that breaks in the middle of a file leaves no address in the log.
func TestTheLogOfABrokenUploadNamesNobody(t *testing.T) {
	b := open(t)
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
