package replication

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"portal.example/scripts/internal/stats"
)

// Report is what a run found; `bench replication --json` prints it.
type Report struct {
	Began    time.Time         `json:"began"`
	Took     float64           `json:"took_s"`
	Machine  Machine           `json:"machine"`
	Settings map[string]string `json:"settings"` // of both servers, besides PostgreSQL's defaults
	Rounds   int               `json:"rounds"`
	Quick    bool              `json:"quick"` // a tenth of the data: rough
	Sections []*Section        `json:"sections"`
	Failures []string          `json:"failures,omitempty"` // scenarios that could not be measured to the end
}

// Machine is where it ran. Loads are the kernel's averages of one minute; the run itself is part of them.
type Machine struct {
	CPUs       int     `json:"cpus"`
	PostgreSQL string  `json:"postgresql"`
	LoadBefore float64 `json:"load_before"`
	LoadAfter  float64 `json:"load_after"`
}

// Section is one scenario.
type Section struct {
	Name     string    `json:"name"`
	Title    string    `json:"title"`
	Notes    []string  `json:"notes"` // what was measured, from when to when
	Lines    []*Line   `json:"lines"`
	Verdicts []Verdict `json:"verdicts"`
	Others   []float64 `json:"others"` // leg by leg: share of the machine that other programs used, 0 to 1
}

// Line is one thing measured, once a round.
type Line struct {
	Who    string    `json:"who"`
	What   string    `json:"what,omitempty"`
	Unit   string    `json:"unit"` // s, ms, MiB, %
	Values []float64 `json:"values"`
	Median float64   `json:"median"`
	// PeakMiB is the syncer's resident memory at most.
	PeakMiB []float64 `json:"peak_mib,omitempty"`
	// CPU is seconds by kind of process. Unlike time it hardly depends on what else the machine does; the
	// busiest kind says what limits.
	CPU map[string][]float64 `json:"cpu_s,omitempty"`
}

// Verdict compares a number with what issue and design promise.
type Verdict struct {
	What     string  `json:"what"`
	Measured float64 `json:"measured"`
	Limit    float64 `json:"limit"`
	Unit     string  `json:"unit"` // ×, ms, MiB
	AtLeast  bool    `json:"at_least"`
	Reached  bool    `json:"reached"`
}

func newReport(ctx context.Context, l *lab) (*Report, error) {
	conn, err := connect(ctx, l.source.DSN("postgres"))
	if err != nil {
		return nil, err
	}
	defer closeConn(conn)
	r := &Report{Began: l.began, Settings: settings, Rounds: l.Rounds, Quick: l.Quick}
	if err := conn.QueryRow(ctx, "show server_version").Scan(&r.Machine.PostgreSQL); err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	r.Machine.CPUs, r.Machine.LoadBefore = runtime.NumCPU(), load()
	return r, nil
}

func (r *Report) finish() {
	r.Took, r.Machine.LoadAfter = time.Since(r.Began).Seconds(), load()
}

// load is the kernel's average of the last minute.
func load() (average float64) {
	data, err := os.ReadFile("/proc/loadavg")
	if err == nil {
		_, _ = fmt.Sscan(strings.Fields(string(data))[0], &average)
	}
	return average
}

func (r *Report) section(name, title string, notes ...string) *Section {
	s := &Section{Name: name, Title: title, Notes: notes, Lines: []*Line{}, Verdicts: []Verdict{}, Others: []float64{}}
	r.Sections = append(r.Sections, s)
	return s
}

// line finds the line of who and what, or begins it.
func (s *Section) line(who, what, unit string) *Line {
	for _, l := range s.Lines {
		if l.Who == who && l.What == what {
			return l
		}
	}
	l := &Line{Who: who, What: what, Unit: unit, Values: []float64{}}
	s.Lines = append(s.Lines, l)
	return l
}

func (l *Line) add(value float64) {
	l.Values = append(l.Values, value)
	l.Median = stats.Median(l.Values)
}

// spent notes what a round cost.
func (l *Line) spent(u usage) {
	if u.peak > 0 {
		l.PeakMiB = append(l.PeakMiB, float64(u.peak)/(1<<20))
	}
	if l.CPU == nil {
		l.CPU = map[string][]float64{}
	}
	for kind, seconds := range u.cpu {
		l.CPU[kind] = append(l.CPU[kind], seconds)
	}
}

// atMost judges a number by a limit.
func (s *Section) atMost(what string, measured, limit float64, unit string) {
	s.Verdicts = append(s.Verdicts, Verdict{What: what, Measured: measured, Limit: limit, Unit: unit, Reached: measured <= limit})
}

// timesNative judges how many times as fast as native replication the syncer was.
func (s *Section) timesNative(limit float64) {
	measured := stats.Median(stats.Ratios(s.line(nativeName, "", "s").Values, s.line(syncerName, "", "s").Values))
	s.Verdicts = append(s.Verdicts, Verdict{
		What: "syncer, times as fast as native", Measured: measured, Limit: limit, Unit: "×", AtLeast: true, Reached: measured >= limit,
	})
}

// memory judges the most that the syncer held in any round of any line.
func (s *Section) memory() {
	most := 0.0
	for _, l := range s.Lines {
		for _, peak := range l.PeakMiB {
			most = max(most, peak)
		}
	}
	s.atMost("resident memory of the syncer", most, memoryLimit, "MiB")
}

// What must be reached (issues 3 and 8).
const (
	memoryLimit          = 256.0
	catchUpOverFloor     = 1.25
	catchUpOverNative    = 1.7
	distanceOverNone     = 1.15
	largeOverNative      = 3.0
	largeTableOverNative = 1.2
	manyTablesOverNative = 1.5
	resyncOverNative     = 1.0
	latencyMedianOver    = 0.3 // ms, at equal durability
	latencyP99Over       = 2.0 // ms, at equal durability and 1,000 a second
	distanceMedianOver   = 0.5 // ms
	costOverNative       = 1.0
	countlessInit        = 15.0 // s
	countlessStart       = 3.0  // s
	standstillLimit      = 15.0 // s; the syncer's heartbeat is 10 s
)
