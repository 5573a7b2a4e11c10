package daemon_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/faulttest"
)

// peak is the most memory that a process has had resident so far, in bytes.
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // it has ended
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		return 0
	}
	kb, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return kb << 10
}

var (
	oneColumn = &pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{{Name: []byte("x"), DataTypeOID: 25, DataTypeSize: -1, TypeModifier: -1}}}
	text      = &pgproto3.DataRow{Values: [][]byte{[]byte("not what you asked for")}}
	done      = &pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")}
	ready     = &pgproto3.ReadyForQuery{TxStatus: 'I'}
)

const (
	cleartext = "asks for a cleartext password"
	silent    = "no answer to any question"
)

// behaviours are what a server in hostile hands might answer.
var behaviours = map[string]func(c *faulttest.Conversation){
	"closes at once":         func(*faulttest.Conversation) {},
	"says nothing":           func(c *faulttest.Conversation) { c.Silence() },
	"speaks HTTP":            func(c *faulttest.Conversation) { _, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) },
	"garbage from the start": func(c *faulttest.Conversation) { c.Startup(); c.Forever([]byte("\x00\xff\x13garbage")) },
	cleartext:                func(c *faulttest.Conversation) { c.AskCleartext() },
	"a message of two gigabytes": func(c *faulttest.Conversation) {
		c.Startup()
		_ = c.Message('E', 0x7fffffff, nil)
		c.Forever(faulttest.Zeros(1 << 16))
	},
	"a message of negative length": func(c *faulttest.Conversation) {
		c.Startup()
		_ = c.Message('R', 0xfffffff0, []byte("xxxx"))
		c.Silence()
	},
	"a message shorter than itself": func(c *faulttest.Conversation) { c.Startup(); _ = c.Message('R', 2, nil); c.Silence() },
	"parameters without end":        func(c *faulttest.Conversation) { c.Startup(); endlessParameters(c) },
	"notices without end": func(c *faulttest.Conversation) {
		c.Startup()
		c.Forever(faulttest.Encoded(&pgproto3.NoticeResponse{Message: strings.Repeat("n", 5000)}))
	},
	"a huge error":                   func(c *faulttest.Conversation) { c.Startup(); c.Forever(faulttest.Encoded(hugeError(100 << 20))) },
	"an error that tries the screen": func(c *faulttest.Conversation) { c.Startup(); _, _ = c.Write(faulttest.Encoded(ugly)) },
	"rows without end":               answering(func(c *faulttest.Conversation) { c.Forever(faulttest.Encoded(oneColumn, text, text, text)) }),
	"a row of two gigabytes": answering(func(c *faulttest.Conversation) {
		_, _ = c.Write(faulttest.Encoded(oneColumn))
		_ = c.Message('D', 0x7ffffff0, nil)
		c.Forever(faulttest.Zeros(1 << 16))
	}),
	"more columns than announced": answering(func(c *faulttest.Conversation) {
		_, _ = c.Write(faulttest.Encoded(oneColumn, &pgproto3.DataRow{Values: [][]byte{{1}, nil, {2}}}, done, ready))
	}),
	"column lengths that lie": answering(func(c *faulttest.Conversation) {
		_, _ = c.Write(faulttest.Encoded(oneColumn))
		_ = c.Message('D', 14, []byte{0, 1, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4})
		_, _ = c.Write(faulttest.Encoded(done, ready))
	}),
	"text for every question": answering(func(c *faulttest.Conversation) {
		_, _ = c.Write(faulttest.Encoded(&pgproto3.ParseComplete{}, &pgproto3.BindComplete{}, oneColumn, text, done, ready))
	}),
	"nothing for every question": answering(func(c *faulttest.Conversation) {
		_, _ = c.Write(faulttest.Encoded(&pgproto3.ParseComplete{}, &pgproto3.BindComplete{}, &pgproto3.NoData{}, done, ready))
	}),
	"copy for every question": answering(func(c *faulttest.Conversation) {
		_, _ = c.Write(faulttest.Encoded(&pgproto3.CopyBothResponse{OverallFormat: 0}))
		c.Forever(faulttest.Encoded(&pgproto3.CopyData{Data: faulttest.Zeros(1000)}))
	}),
	"notifications without end": answering(func(c *faulttest.Conversation) {
		c.Forever(faulttest.Encoded(&pgproto3.NotificationResponse{PID: 1, Channel: strings.Repeat("c", 60), Payload: strings.Repeat("p", 7000)}))
	}),
	silent: answering(func(c *faulttest.Conversation) { c.Silence() }),
}

func answering(answer func(c *faulttest.Conversation)) func(c *faulttest.Conversation) {
	return func(c *faulttest.Conversation) {
		if c.Welcome() {
			c.EachQuery(func() { answer(c) })
		}
	}
}

func endlessParameters(c *faulttest.Conversation) {
	_, _ = c.Write(faulttest.Encoded(&pgproto3.AuthenticationOk{}))
	for i := 0; ; i++ {
		m := &pgproto3.ParameterStatus{Name: "p" + strconv.Itoa(i), Value: strings.Repeat("v", 5000)}
		if _, err := c.Write(faulttest.Encoded(m)); err != nil {
			return
		}
	}
}

func hugeError(n int) *pgproto3.ErrorResponse {
	return &pgproto3.ErrorResponse{Severity: "FATAL", Code: "XX000", Message: strings.Repeat("e", n)}
}

var ugly = &pgproto3.ErrorResponse{Severity: "FATAL", Code: "XX000", Message: "first line\nsecond line\x1b[2J\x1b]0;owned\x07 \u202edrow"}

// Whoever rules the DMZ can put anything in the place of the replica's server. The syncer neither falls nor grows,
// tells no password, and says one clear line.
func TestHostileTarget(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	for name, behave := range behaviours {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := faulttest.NewPostgres(t, behave)
			p.hostile(t, server, "target", name)
		})
	}
}

// The source is trusted with more, but a broken one must not bring the syncer down either.
func TestHostileSource(t *testing.T) {
	t.Parallel()
	for name, behave := range behaviours {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables) // one syncer at a time gets as far as the source
			server := faulttest.NewPostgres(t, behave)
			p.hostile(t, server, "source", name)
		})
	}
}

// answersLate are those of which `status` hears only that its own deadline is over; -long waits for that.
var answersLate = map[string]bool{
	"rows without end": true, "copy for every question": true, "notifications without end": true, silent: true,
}

// hostile runs the syncer against the server: once for a look, and for a while.
func (p *pair) hostile(t *testing.T, server *faulttest.Postgres, side, behaviour string) {
	t.Helper()
	dsns := map[string]string{"source": p.source.As("syncer_reader"), "target": p.target.As("syncer_writer")}
	dsns[side] = "postgres://someone:very-secret@" + server.Address() + "/anything?sslmode=disable"
	if behaviour == cleartext {
		dsns[side] += "&require_auth=scram-sha-256"
	}
	p = &pair{t: t, source: p.source, target: p.target, dir: t.TempDir()} // many run beside each other
	p.write("whitelist.yaml", "version: 1\ntables:\n"+shopTables)
	p.write("syncer.yaml", fmt.Sprintf("source: {dsn: %q, slot: %s}\ntarget: {dsn: %q}\nwhitelist: whitelist.yaml\ninsecure: true\n", dsns["source"], p.source.Name, dsns["target"]))
	if !answersLate[behaviour] || *long {
		p.survives(t, "status", nil)
	}
	if side == "target" && (behaviour != silent || *long) {
		p.survives(t, "check", nil)
		p.survives(t, "compare", nil)
	}
	p.survives(t, "run", comesBack(server))
	if told := server.Passwords(); len(told) > 0 {
		t.Errorf("the password was told: %q", told)
	}
}

// comesBack reports whether a syncer has met the server often enough. Where nothing ends a connection but a deadline, it
// does not come back for a while, and is looked at for a moment.
func comesBack(server *faulttest.Postgres) (seen func() bool) {
	before, first := server.Connections(), time.Time{}
	return func() bool {
		came := server.Connections() - before
		if came > 0 && first.IsZero() {
			first = time.Now()
		}
		return came >= meetings || came > 0 && time.Since(first) > moment
	}
}

const (
	meetings = 4
	moment   = 2 * time.Second
)

// survives runs a verb that is to end by itself or, when seen is not nil, to go on until that is true.
func (p *pair) survives(t *testing.T, verb string, seen func() bool) {
	t.Helper()
	cmd := p.command(verb)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	goesOn := seen != nil
	var most int64
	awaittest.Until(t, verb+" has ended or seen enough", func() bool {
		most = max(most, peak(t, cmd.Process.Pid))
		select {
		case <-ended:
			return true
		default:
			return goesOn && seen()
		}
	})
	_ = cmd.Process.Kill()
	<-ended
	said := out.String()
	t.Logf("%s: exit code %d, %d MiB at most, said: %.300s", verb, cmd.ProcessState.ExitCode(), most>>20, said)
	if most > 256<<20 {
		t.Errorf("%s took %d MiB", verb, most>>20)
	}
	if code := cmd.ProcessState.ExitCode(); strings.Contains(said, "goroutine ") || code == 0 && !goesOn {
		t.Errorf("%s: exit code %d: %.3000s", verb, code, said)
	}
	for _, line := range strings.Split(said, "\n") {
		if len(line) > 2000 || strings.Contains(line, "very-secret") || strings.ContainsAny(line, "\x1b\x07\u202e") {
			t.Errorf("%s said a line of %d characters that nobody should see: %.300q", verb, len(line), line)
		}
	}
}
