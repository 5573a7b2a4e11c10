package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/web"
)

// pipes is a listener whose connections are in memory, so that their deadlines go by the clock of synctest.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// uploadSite serves a page with an upload; it returns how to connect, and the log.
func uploadSite(t *testing.T) (connect func() net.Conn, log *bytes.Buffer) {
	t.Helper()
	log = &bytes.Buffer{}
	site := newSite(t, func(o *web.Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) })
	limits := web.UploadLimits{File: 1 << 20, Total: 1 << 20, Files: 1, Types: []web.FileType{web.PDF}}
	site.POST(site.Engine(), "/upload", func(c *gin.Context) error {
		form, err := site.ReadUpload(c, limits, func(f web.Upload) error {
			_, err := io.Copy(io.Discard, f.Body)
			return err
		})
		if err != nil {
			return err
		}
		if !form.OK() {
			c.String(http.StatusUnprocessableEntity, form.Errors()[0].Key)
			return nil
		}
		c.String(http.StatusOK, "stored")
		return nil
	})
	listener := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: site.Engine(), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { close(listener.done); _ = server.Shutdown(context.Background()) })
	return func() net.Conn {
		mine, its := net.Pipe()
		listener.conns <- its
		return mine
	}, log
}

// sendSlowly sends an upload of so many bytes, a portion each second, and returns what the site answers and when.
func sendSlowly(t *testing.T, conn net.Conn, size, portion int) (answer string, after time.Duration) {
	t.Helper()
	start := time.Now()
	answered := make(chan string)
	go func() {
		raw, _ := io.ReadAll(conn)
		answered <- string(raw)
	}()
	const head = "--x\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"a.pdf\"\r\n\r\n%PDF-"
	const tail = "\r\n--x--\r\n"
	var sending sync.WaitGroup
	sending.Go(func() {
		_, err := io.WriteString(conn, "POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: "+
			strconv.Itoa(len(head)+size+len(tail))+"\r\n\r\n"+head)
		for sent := 0; sent < size && err == nil; sent += portion {
			_, err = io.WriteString(conn, strings.Repeat("x", min(portion, size-sent)))
			<-time.After(time.Second)
		}
		if err == nil {
			_, _ = io.WriteString(conn, tail)
		}
	})
	answer, after = <-answered, time.Since(start)
	_ = conn.Close()
	sending.Wait()
	return answer, after
}

func TestUploadThatTricklesIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connect, log := uploadSite(t)
		answer, after := sendSlowly(t, connect(), 500_000, 1)
		if !strings.Contains(answer, "422") || !strings.Contains(answer, "upload.file_too_slow") {
			t.Errorf("the answer: %q", answer)
		}
		if after > 11*time.Second {
			t.Errorf("one byte a second was taken for %s", after)
		}
		if strings.Contains(log.String(), "pipe") {
			t.Errorf("the log names the connection:\n%s", log)
		}
	})
}

func TestUploadOfASlowPhoneIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connect, _ := uploadSite(t)
		if answer, after := sendSlowly(t, connect(), 900_000, 10_000); !strings.Contains(answer, "stored") {
			t.Errorf("10 kB a second: %q after %s", answer, after)
		}
	})
}

func TestPlacesAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := web.NewPlaces(2, 20*time.Second)
		first, err := places.Take(t.Context(), "a", "upload.empty")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = places.Take(t.Context(), "a", "upload.empty"); err != nil {
			t.Fatal(err)
		}
		if _, err = places.Take(t.Context(), "b", "upload.empty"); err != nil {
			t.Errorf("another key: %v", err)
		}
		time.AfterFunc(10*time.Second, first)
		start := time.Now()
		if _, err = places.Take(t.Context(), "a", "upload.empty"); err != nil || time.Since(start) != 10*time.Second {
			t.Errorf("a third, after %s: %v", time.Since(start), err)
		}
		if _, err = places.Take(t.Context(), "a", "upload.empty"); err == nil || time.Since(start) != 30*time.Second {
			t.Errorf("a fourth, after %s: %v", time.Since(start), err)
		}
	})
}
