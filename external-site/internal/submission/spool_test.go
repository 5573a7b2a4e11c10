package submission

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"testing"
	"time"

	"portal.example/shared/fault"
)

// arriving is a file of size bytes that is still under way, if there was room for it.
func arriving(t *testing.T, s *Spool, from string, worked bool, size int) *Spooled {
	t.Helper()
	u, err := s.Open(netip.MustParseAddr(from), worked)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Free)
	if _, err := u.Write(make([]byte, size)); err != nil && fault.MessageKey(err) != "submission.busy" {
		t.Fatalf("%d bytes from %s: %v", size, from, err)
	}
	return u
}

func TestWhoHoldsMostGivesWay(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		worked, newcomer bool
		from             func(i int) string
		size             int // of the newcomer's file
		refused          bool
	}{
		"many networks":                  {true, true, func(i int) string { return fmt.Sprintf("203.0.%d.1", i) }, 90, false},
		"one network, many addresses":    {true, true, func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, 400, false},
		"one /56, many addresses":        {true, true, func(i int) string { return fmt.Sprintf("2001:db8::%x:0:0:0:1", i) }, 400, false},
		"without answers, against some":  {false, true, func(i int) string { return fmt.Sprintf("203.0.%d.1", i) }, 700, false},
		"a newcomer without any answers": {true, false, func(i int) string { return fmt.Sprintf("203.0.%d.1", i) }, 10, true},
		"a newcomer who takes more":      {true, true, func(i int) string { return fmt.Sprintf("203.0.%d.1", i) }, 150, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSpool(1000, 250, func() time.Time { return now })
			for i := range 26 {
				arriving(t, s, test.from(i), test.worked, 100)
			}
			u, err := s.Open(netip.MustParseAddr("198.51.100.7"), test.newcomer)
			if err != nil {
				t.Fatal(err)
			}
			defer u.Free()
			for range test.size / 10 {
				if _, err = u.Write(make([]byte, 10)); err != nil {
					break
				}
			}
			if refused := fault.MessageKey(err) == "submission.busy"; refused != test.refused {
				t.Errorf("refused %v: %v", refused, err)
			}
			if s.held > s.room {
				t.Errorf("%d of %d bytes are taken", s.held, s.room)
			}
		})
	}
}

func TestInOneNetworkTheSlowestGivesWay(t *testing.T) {
	now := time.Now()
	s := newSpool(1000, 250, func() time.Time { return now })
	slow := arriving(t, s, "203.0.113.1", true, 300)
	now = now.Add(time.Minute)
	quick := arriving(t, s, "203.0.113.2", true, 600)
	now = now.Add(time.Second)
	arriving(t, s, "203.0.113.3", true, 200)
	if !slow.ended || quick.ended {
		t.Errorf("slow ended: %v, quick ended: %v", slow.ended, quick.ended)
	}
	if _, err := slow.Write([]byte("more")); fault.MessageKey(err) != "submission.busy" {
		t.Errorf("writing on: %v", err)
	}
}

// TestAWholeFileGivesWayToNobody: what is on its way to the store can be read to its end, whoever comes.
func TestAWholeFileGivesWayToNobody(t *testing.T) {
	s := newSpool(1000, 250, time.Now)
	whole := arriving(t, s, "203.0.113.1", true, 900)
	if err := whole.Settle(); err != nil {
		t.Fatal(err)
	}
	u, err := s.Open(netip.MustParseAddr("198.51.100.7"), true)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Free()
	if _, err := u.Write(make([]byte, 200)); fault.MessageKey(err) != "submission.busy" {
		t.Errorf("more than there is room: %v", err)
	}
	if content, err := io.ReadAll(whole.Reader()); err != nil || len(content) != 900 {
		t.Errorf("%d bytes, %v", len(content), err)
	}
}

// TestNothingStaysOfASpool: a file has no name from the start, and its room comes back.
func TestNothingStaysOfASpool(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := newSpool(1000, 250, time.Now)
	u := arriving(t, s, "203.0.113.1", true, 500)
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
	u.Free()
	u.Free()
	if s.held != 0 || len(s.networks) != 0 || len(s.uploads) != 0 {
		t.Errorf("%d bytes of %d networks stay", s.held, len(s.networks))
	}
}
