package compare

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/blob"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/link"
)

// Schedule is the writer's half of the scheduled comparison: it goes through all tables of the replica block by block, and
// through all objects one by one, and begins again. It belongs to one stream, through which it brings both sides to one moment.
//
// It is meant not to be felt. It waits between blocks so that a pass takes as long as it is given, at least nine times as long
// as the block took; it waits while the stream is behind; and it stops bringing the sides together for a while when that made
// the stream stand for long. Where it has come and what differs is recorded on the target (records.go), so that it goes on
// there after a restart.
type Schedule struct {
	// Every is how long a pass over all rows may take, ObjectsEvery one over the bytes of all objects; less than 0: none.
	Every, ObjectsEvery time.Duration
	// Repair puts right what differs, up to MostRepaired rows of one pass.
	Repair       bool
	MostRepaired int64

	// MaxRow is the longest row, in bytes, that is replicated.
	MaxRow int

	DSN   string // of the target
	Slot  string
	List  *whitelist.List
	Store *blob.Bucket // nil: objects are not looked at
	Log   *slog.Logger

	// Dial opens a connection to the reader.
	Dial func(context.Context) (net.Conn, error)
	// Meet is that of the stream's apply.Writer.
	Meet func(ctx context.Context, conn *pgx.Conn, hold bool, show apply.Show) (*apply.Meeting, error)
	// Behind is how far the replica is behind its source.
	Behind func() time.Duration

	OnBlock   func(rows int64)
	OnObject  func()
	OnMended  func(rows int64)
	OnStood   func(time.Duration)
	OnObjects func() // objects wait to be copied again

	conn  *pgx.Conn
	at    record
	truce truce
	said  string // the last failure

	refused int64 // the pass in which there was too much to mend

	rested time.Time     // nothing is done before
	idled  time.Duration // of what is done, with waiting
}

const (
	behindTooFar = 2 * time.Second
	behindPause  = 5 * time.Second
	restFactor   = 9 // times as long as it took, nothing is compared after a block
	tableCosts   = 100
	firstWait    = time.Minute
	startWait    = 10 * time.Second
	lookAgain    = 30 * time.Second // at a block that differed
	firstPause   = time.Second
	lastPause    = 5 * time.Minute
)

// Run compares until ctx ends. What goes wrong is told in the log and tried again.
func (s *Schedule) Run(ctx context.Context) error {
	pause := firstPause
	if err := sleepFor(ctx, min(startWait, s.passTime()/1000)); err != nil { // a start has other work
		return err
	}
	for {
		began := time.Now()
		err := s.workByTurns(ctx)
		link.Close(s.conn)
		s.conn = nil
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if text := link.Text(err); text != s.said {
			s.said = text
			s.Log.Warn("the scheduled comparison was interrupted; going on with it later", "error", text)
		}
		if time.Since(began) > lastPause {
			pause = firstPause
		}
		if err := sleepFor(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, lastPause)
	}
}

func (s *Schedule) passTime() time.Duration { return max(s.Every, time.Second) }

// chore is one of the things that are done by turns.
type chore struct {
	due *time.Time
	do  func(context.Context) error
}

// workByTurns does what is due, one thing at a time, until something fails.
func (s *Schedule) workByTurns(ctx context.Context) (err error) {
	s.conn, err = link.Open(ctx, s.DSN, link.Options{
		Name: "target.dsn", Application: "compare", MaxAnswer: answerMost, AnswerWithin: bucketWithin + link.Soon,
	})
	if err != nil {
		return err
	}
	if _, err := s.conn.PgConn().Exec(ctx, reading+";"+boundsSQL(rangeWithin)).ReadAll(); err != nil {
		return link.Fail("target", err)
	}
	if s.at, err = s.loadRecord(ctx); err != nil {
		return err
	}
	for chores := s.listChores(); len(chores) > 0; {
		next := slices.MinFunc(chores, func(a, b chore) int { return a.due.Compare(*b.due) })
		if err := sleepFor(ctx, max(time.Until(*next.due), time.Until(s.rested))); err != nil {
			return err
		}
		if s.Behind != nil && s.Behind() > behindTooFar {
			if err := sleepFor(ctx, min(behindPause, s.passTime()/10)); err != nil {
				return err
			}
			continue
		}
		if err := s.doAndRest(ctx, next.do); err != nil {
			return err
		}
		s.said = ""
	}
	<-ctx.Done()
	return ctx.Err()
}

// listChores are all that is to be done by turns.
func (s *Schedule) listChores() (all []chore) {
	if s.Every > 0 {
		all = append(all, chore{&s.at.next, s.nextBlock}, s.repeatChore(s.openBlock))
	}
	if s.Store != nil && s.ObjectsEvery > 0 {
		all = append(all, chore{&s.at.nextObject, s.nextObject}, s.repeatChore(s.openObject))
	}
	return all
}

// repeatChore is a chore of which nothing is recorded.
func (s *Schedule) repeatChore(what func(context.Context) error) chore {
	due := time.Now().Add(s.lookAgain())
	return chore{&due, func(ctx context.Context) error {
		err := what(ctx)
		due = time.Now().Add(s.lookAgain())
		return err
	}}
}

// doAndRest does what and then has the target rest from it.
func (s *Schedule) doAndRest(ctx context.Context, what func(context.Context) error) error {
	began := time.Now()
	s.idled = 0
	err := what(ctx)
	s.rested = time.Now().Add(restFactor * (time.Since(began) - s.idled))
	return err
}

// waitIdle waits in the middle of a block.
func (s *Schedule) waitIdle(ctx context.Context, d time.Duration) error {
	s.idled += d
	return sleepFor(ctx, d)
}

// lookAgain is the pause between two looks at what differed, or could not be compared.
func (s *Schedule) lookAgain() time.Duration {
	return min(max(s.passTime()/1000, 100*time.Millisecond), lookAgain)
}

// nextBlock compares where the pass has come.
func (s *Schedule) nextBlock(ctx context.Context) error {
	at := place{table: s.tableNumber(), after: s.at.after}
	name := s.List.Tables[at.table].FullName()
	if err := s.mustBeReady(ctx, s.conn, name); err != nil {
		if _, err := (&blockTurn{Schedule: s, talk: &talk{}}).unsureVerdict(err); err != nil {
			return err
		}
		return s.advancePass(ctx, at, &verdict{}, true) // it is compared in a later pass, when it is here
	}
	v, err := s.compareBlock(ctx, at)
	if err != nil {
		return err
	}
	if err := s.recordVerdict(ctx, at, v); err != nil {
		return err
	}
	return s.advancePass(ctx, at, v, v.block.Last || v.unsure != "" && v.block.UpTo == nil)
}

// tableNumber is the number of the table at which the pass is; the whitelist may have changed since.
func (s *Schedule) tableNumber() int {
	return max(0, slices.IndexFunc(s.List.Tables, func(t whitelist.Table) bool { return t.FullName() == s.at.name }))
}

// advancePass moves on behind a block and sets when the next one is due: when its share of the pass's time is over.
func (s *Schedule) advancePass(ctx context.Context, at place, v *verdict, last bool) error {
	s.at.rows += v.rows
	s.at.blocks++
	s.at.name, s.at.after = s.List.Tables[at.table].FullName(), key(v.block.UpTo)
	whole := float64(v.block.Total + int64(len(s.List.Tables))*tableCosts)
	share := min(1, float64(v.rows)/whole)
	if last {
		share += tableCosts / whole
		s.at.after = nil
		if err := s.forgetOlder(ctx, s.at.name); err != nil {
			return err
		}
		if at.table++; at.table == len(s.List.Tables) {
			s.Log.Info("every row of the replica was compared with its source", "rows", s.at.rows, "since", s.at.began)
			s.at.beginPass()
			at.table = 0
		}
		s.at.name = s.List.Tables[at.table].FullName()
	}
	if v.block.Total == 0 { // nothing is known of how much there is
		share = max(share, 1/float64(len(s.List.Tables)))
	}
	wait := time.Duration(min(1, share) * float64(s.passTime()))
	s.at.next = time.Now().Add(wait)
	return s.saveRecord(ctx)
}

// recordVerdict notes what a block came to, and mends it where that is wanted.
func (s *Schedule) recordVerdict(ctx context.Context, at place, v *verdict) error {
	if s.OnBlock != nil {
		s.OnBlock(v.rows)
	}
	name := s.List.Tables[at.table].FullName()
	d := difference{What: "rows", Name: name, Low: at.after, High: key(v.block.UpTo), Rows: int64(len(v.wrong)), AtLeast: v.atLeast}
	switch {
	case v.unsure != "":
		d.What, d.Rows, d.Reason = "unread", 0, v.unsure
		return s.noteDifference(ctx, d)
	case len(v.wrong) == 0:
		return s.forgetSettled(ctx, false, name, at.after)
	}
	if err := s.noteDifference(ctx, d); err != nil || !s.mayMend(v, name) {
		return err
	}
	if err := s.mendBlock(ctx, at, v); err != nil {
		if ctx.Err() != nil {
			return err
		}
		s.Log.Error("rows that differ could not be mended", "table", name, "error", link.Text(err))
		return nil
	}
	s.at.mended += v.mended
	if s.OnMended != nil {
		s.OnMended(v.mended)
	}
	s.Log.Warn("rows that differed were made as they are in the source", "table", name, "rows", v.mended)
	return s.saveRecord(ctx)
}

// mayMend reports whether so many rows are mended without a person.
func (s *Schedule) mayMend(v *verdict, name string) bool {
	if !s.Repair {
		return false
	}
	if v.atLeast || s.at.mended+int64(len(v.wrong)) > s.MostRepaired {
		if s.refused != s.at.pass {
			s.refused = s.at.pass
			s.Log.Error("too much differs to be mended without a person: find out why, then run `syncer repair`",
				"table", name, "rows", len(v.wrong), "mended in this pass", s.at.mended, "limit", s.MostRepaired)
		}
		return false
	}
	return true
}

// openBlock looks again at the block that differed, or could not be compared, and was not looked at for longest.
func (s *Schedule) openBlock(ctx context.Context) error {
	d, ok, err := s.oldestDifference(ctx, "rows", "unread")
	if err != nil || !ok {
		return err
	}
	n := slices.IndexFunc(s.List.Tables, func(t whitelist.Table) bool { return t.FullName() == d.Name })
	if n < 0 {
		return s.forgetSettled(ctx, false, d.Name, d.Low)
	}
	at := place{table: n, after: d.Low, upTo: d.High}
	v, err := s.compareBlock(ctx, at)
	if err != nil {
		return err
	}
	if v.unsure == "" && key(v.block.After).id() != d.Low.id() && v.block.Order != "" { // its key is none any more
		return s.forgetSettled(ctx, false, d.Name, d.Low)
	}
	v.block.UpTo = laterEnd(v.block.UpTo, d.High)
	return s.recordVerdict(ctx, at, v)
}

// laterEnd keeps the end that a block was recorded with, unless it was cut again.
func laterEnd(now []*string, recorded key) []*string {
	if now == nil {
		return recorded
	}
	return now
}
