package public

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// load is what one leg of requests found.
type load struct {
	perSecond float64
	took      []time.Duration // sorted
}

// press asks a server for a path over so many connections at a time, for so long, as quickly as it answers. The client does
// as little as it can, since it works on the same machine.
func press(ctx context.Context, addr, path, header string, connections int, long time.Duration) (load, error) {
	var mu sync.Mutex
	var all load
	var failed error
	var group sync.WaitGroup
	began := time.Now()
	until := began.Add(long)
	for range connections {
		group.Go(func() {
			took, err := ask(ctx, addr, path, header, until)
			mu.Lock()
			defer mu.Unlock()
			all.took = append(all.took, took...)
			failed = errors.Join(failed, err)
		})
	}
	group.Wait()
	all.perSecond = float64(len(all.took)) / time.Since(began).Seconds()
	slices.Sort(all.took)
	if failed == nil && len(all.took) == 0 {
		failed = errors.New("nothing was answered")
	}
	return all, failed
}

// ask asks over one connection, again and again.
func ask(ctx context.Context, addr, path, header string, until time.Time) (took []time.Duration, err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close() //nolint:errcheck // it is not needed any more
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: " + addr + "\r\nAccept-Encoding: gzip\r\nAccept-Language: uk\r\n" + header + "\r\n")
	answer := bufio.NewReaderSize(conn, 64<<10)
	for time.Now().Before(until) && ctx.Err() == nil {
		began := time.Now()
		if _, err := conn.Write(request); err != nil {
			return took, fmt.Errorf("ask: %w", err)
		}
		if err := read(answer); err != nil {
			return took, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// read reads one answer, which has to be whole and well.
func read(from *bufio.Reader) error {
	length := -1
	for first := true; ; first = false {
		line, err := from.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("read an answer: %w", err)
		}
		text := strings.TrimSpace(string(line))
		switch {
		case first && !strings.Contains(text, " 200 "):
			return fmt.Errorf("answered %q", text)
		case text == "":
			if length < 0 {
				return errors.New("an answer without a length")
			}
			_, err := from.Discard(length)
			return err //nolint:wrapcheck // said by the caller
		case len(text) > 15 && strings.EqualFold(text[:15], "content-length:"):
			if length, err = strconv.Atoi(strings.TrimSpace(text[15:])); err != nil {
				return fmt.Errorf("length of an answer: %w", err)
			}
		}
	}
}

// compressed fetches the bytes that the site sends of a page.
func compressed(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", url, err)
	}
	req.Header.Set("Accept-Encoding", "gzip") // and so it is not unpacked
	req.Header.Set("Accept-Language", "uk")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", url, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it is read
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask for %s: %s, %w", url, resp.Status, err)
	}
	return body, nil
}

// nginx starts one that sends the pages from disk as the site sends them.
func (l *lab) nginx(ctx context.Context, site *server) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	root := filepath.Join(l.dir, "pages")
	if err := os.MkdirAll(root, 0o755); err != nil { //nolint:gosec // nginx reads it as another user
		return nil, fmt.Errorf("pages for nginx: %w", err)
	}
	for _, p := range pages[:beside] {
		body, err := compressed(ctx, site.url+p.Path)
		if err != nil {
			return nil, err
		}
		for name, content := range map[string][]byte{p.Name + ".html.gz": body, p.Name + ".html": []byte("plain")} {
			if err := os.WriteFile(filepath.Join(root, name), content, 0o644); err != nil { //nolint:gosec // the same
				return nil, fmt.Errorf("pages for nginx: %w", err)
			}
		}
	}
	config := fmt.Sprintf(`daemon off; pid %[1]s/nginx.pid; error_log %[1]s/nginx-error.log; worker_processes auto;
events { worker_connections 4096; }
http { types { text/html html; } access_log %[1]s/nginx-access.log; sendfile on; keepalive_requests 100000000; gzip_static on; etag on; open_file_cache max=100;
  client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
  server { listen 127.0.0.1:%[2]d; root %[1]s/pages; index home.html; } }
`, l.dir, port)
	path := filepath.Join(l.dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("configuration of nginx: %w", err)
	}
	return l.start(ctx, port, filepath.Join(l.dir, "nginx.log"), "/usr/sbin/nginx", "-c", path)
}
