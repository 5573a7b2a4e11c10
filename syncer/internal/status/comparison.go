package status

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"portal.example/syncer/internal/link"
)

// Comparison tells how far the scheduled comparison of the replica with its source has come.
type Comparison struct {
	Pass      int64      `json:"pass"`
	BeganAt   time.Time  `json:"began_at"` // the pass
	Table     string     `json:"table"`    // at which it is
	Blocks    int64      `json:"blocks"`   // of the pass
	Rows      int64      `json:"rows"`
	Mended    int64      `json:"mended"`
	TurnAt    *time.Time `json:"turn_at"`    // when it last compared a block
	WholeAt   *time.Time `json:"whole_at"`   // when every row was compared last; null: not yet
	WholeRows *int64     `json:"whole_rows"` // and how many they were

	Objects        int64      `json:"objects"` // read in the pass over the objects
	ObjectsWholeAt *time.Time `json:"objects_whole_at"`
}

// Difference is what differs in one table, or a part of it that could not be compared, or an object.
type Difference struct {
	What    string    `json:"what"` // rows, unread, object
	Name    string    `json:"name"` // of the table, or the object's key
	Blocks  int64     `json:"blocks"`
	Rows    int64     `json:"rows"`
	AtLeast bool      `json:"at_least,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Since   time.Time `json:"since"`
}

// differences is how many of them are reported one by one.
const differences = 50

// describe says what is wrong, for people.
func (d Difference) describe() string {
	since := d.Since.Local().Format(time.DateTime)
	switch d.What {
	case "object":
		return fmt.Sprintf("object %s is %s since %s; `syncer repair --deep` has it copied again", d.Name, d.Reason, since)
	case "unread":
		return fmt.Sprintf("%s could not be compared with the source since %s: %s", d.Name, since, d.Reason)
	}
	atLeast := ""
	if d.AtLeast {
		atLeast = "at least "
	}
	return fmt.Sprintf("%s differs in %s%d rows since %s; run `syncer repair` (`syncer compare` shows them)", d.Name, atLeast, d.Rows, since)
}

// Differs reports whether some row or object is known to differ from the source.
func (r *Report) Differs() bool {
	return slices.ContainsFunc(r.Differences, func(d Difference) bool { return d.What != "unread" })
}

// readCompared reads what the scheduled comparison has recorded; nil when there was none, or the schema is older.
func readCompared(ctx context.Context, conn *pgx.Conn, slot string) (*Comparison, []Difference, error) {
	c := &Comparison{}
	err := conn.QueryRow(ctx, `
		SELECT pass, began_at, name, blocks, rows, mended, turn_at, whole_at, whole_rows, objects, objects_whole_at
		  FROM sync.compared WHERE slot = $1`, slot).
		Scan(&c.Pass, &c.BeganAt, &c.Table, &c.Blocks, &c.Rows, &c.Mended, &c.TurnAt, &c.WholeAt, &c.WholeRows, &c.Objects, &c.ObjectsWholeAt)
	if code := link.Code(err); code == "42P01" || code == "3F000" || code == "42501" {
		return nil, nil, nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, link.Fail("target: what was compared", err)
	}
	rows, err := conn.Query(ctx, `
		SELECT what, name, count(*), sum(rows)::bigint, bool_or(at_least), max(reason), min(since)
		  FROM sync.differences WHERE slot = $1 GROUP BY what, name ORDER BY what = 'unread', what DESC, name`, slot)
	if err != nil {
		return nil, nil, link.Fail("target: what differs", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Difference])
	if err != nil {
		return nil, nil, link.Fail("target: what differs", err)
	}
	return c, all, nil
}

// comparison holds the metrics of the comparison of the replica with its source.
type comparison struct {
	comparedBlocks, comparedRows, comparedObjects, mended prometheus.Counter
	stood                                                 prometheus.Histogram
	differing                                             *prometheus.GaugeVec
	differingObjects, unread                              prometheus.Gauge

	began, whole time.Time // of the pass, and of the last one's end; zero: not known
	every        time.Duration
	differ       []string // in words
}

func newComparison() comparison {
	return comparison{
		comparedBlocks:  counter("compared_blocks_total", "Blocks of rows compared with the source beside the stream."),
		comparedRows:    counter("compared_rows_total", "Rows in them."),
		comparedObjects: counter("compared_objects_total", "Objects read and compared by their SHA-256."),
		mended:          counter("mended_rows_total", "Rows that differed and were made as they are in the source."),
		stood: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "syncer_compare_stood_seconds", Help: "How long the stream stood so that both sides could be compared at one moment.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
		}),
		differing:        gauges("differing_rows", "Rows that differ from the source, by table.", "table"),
		differingObjects: gauge("differing_objects", "Objects that are not what their rows say."),
		unread:           gauge("uncompared_blocks", "Blocks that could not be compared so far."),
	}
}

func (l *Live) registerComparison() {
	l.registerComputed("compare_every_seconds", "How long a pass over all rows is to take; 0 when none is made.", func() float64 { return l.every.Seconds() })
	l.registerComputed("compare_whole_age_seconds", "Time since every row was compared; since the first pass began when none has ended. NaN while unknown.", func() float64 {
		from := l.whole
		if from.IsZero() {
			from = l.comparison.began
		}
		if from.IsZero() {
			return math.NaN()
		}
		return max(l.now().Sub(from).Seconds(), 0)
	})
}

// Compared counts a block of rows.
func (m *metrics) Compared(rows int64) {
	m.comparedBlocks.Inc()
	m.comparedRows.Add(float64(max(rows, 0)))
}

// ObjectRead counts an object that was read whole.
func (m *metrics) ObjectRead() { m.comparedObjects.Inc() }

// Mended counts rows that were put right.
func (m *metrics) Mended(rows int64) { m.mended.Add(float64(max(rows, 0))) }

// Stood notes how long the stream stood for a comparison.
func (m *metrics) Stood(d time.Duration) { m.stood.Observe(d.Seconds()) }

// Differs notes what the scheduled comparison has recorded.
func (l *Live) Differs(c *Comparison, all []Difference, every time.Duration) {
	l.differing.Reset()
	var objects, unread int64
	var words []string
	for _, d := range all {
		switch d.What {
		case "rows":
			l.differing.WithLabelValues(d.Name).Set(float64(d.Rows))
		case "object":
			objects++
		default:
			unread += d.Blocks
			continue
		}
		if len(words) < differences {
			words = append(words, d.describe())
		}
	}
	l.differingObjects.Set(float64(objects))
	l.unread.Set(float64(unread))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.every, l.differ = max(every, 0), words
	l.comparison.began, l.whole = time.Time{}, time.Time{}
	if c != nil {
		l.comparison.began = c.BeganAt
		if c.WholeAt != nil {
			l.whole = *c.WholeAt
		}
	}
}

// readComparison adds what differs to the report. A replica that differs from its source is not healthy.
func (t *replicaView) readComparison(ctx context.Context, conn *pgx.Conn) {
	c, all, err := readCompared(ctx, conn, t.cfg.Source.Slot)
	if err != nil {
		t.report.addProblem("%s", err)
		return
	}
	t.report.Comparison, t.report.Differences = c, all
	for i, d := range all {
		switch {
		case i == differences:
			t.report.addProblem("and %d more tables or objects differ", len(all)-i)
			return
		case d.What == "unread":
			t.report.addWarning("%s", d.describe())
		default:
			t.report.addProblem("%s", d.describe())
		}
	}
}
