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

// Schedule is the writer's half of the scheduled comparison. It goes through all tables of the replica block by block and through all
// objects one by one, and then begins again. It belongs to one stream, which brings both sides to one moment for it.
//
// Nobody is meant to feel it. Between blocks it rests for at least nine times as long as the block took, and long enough for a pass to
// take the time that it is given. It waits while the stream is behind, and leaves the stream alone for a while after it has made it stand
// for long (truce.go). How far it has come and what differs is recorded on the target (records.go), so that it goes on after a restart.
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
	book  *ledger // on conn
	truce truce
	owed  *owed         // nil: nothing waits for the end of a truce
	held  time.Duration // for so long mending may hold the stream, after it was too short; 0: firstHold
	said  string        // the last failure

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

// Run compares until ctx ends. It logs failures and tries again.
func (s *Schedule) Run(ctx context.Context) error {
	pause := firstPause
	if err := link.Pause(ctx, min(startWait, s.passTime()/1000)); err != nil { // a start has other work
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
		if err := link.Pause(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, lastPause)
	}
}

func (s *Schedule) passTime() time.Duration { return max(s.Every, time.Second) }

// chore is one kind of work; the kinds take turns.
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
	s.book = &ledger{conn: s.conn, slot: s.Slot, log: s.Log, at: &s.at}
	if err := s.book.loadRecord(ctx, s.passTime(), s.ObjectsEvery); err != nil {
		return err
	}
	for chores := s.listChores(); len(chores) > 0; {
		next := slices.MinFunc(chores, func(a, b chore) int { return a.due.Compare(*b.due) })
		if err := link.Pause(ctx, max(time.Until(*next.due), time.Until(s.rested))); err != nil {
			return err
		}
		if s.Behind != nil && s.Behind() > behindTooFar {
			if err := link.Pause(ctx, min(behindPause, s.passTime()/10)); err != nil {
				return err
			}
			continue
		}
		do := next.do
		if s.owed != nil && !s.truce.holds() {
			do = s.mendOwed
		}
		if err := s.doAndRest(ctx, do); err != nil {
			return err
		}
		s.said = ""
	}
	<-ctx.Done()
	return ctx.Err()
}

// listChores returns the kinds of work that this configuration asks for.
func (s *Schedule) listChores() (all []chore) {
	if s.Every > 0 {
		all = append(all, chore{&s.at.next, s.nextBlock}, s.repeatChore(s.openBlock))
	}
	if s.Store != nil && s.ObjectsEvery > 0 {
		objects := &objectTurn{s}
		all = append(all, chore{&s.at.nextObject, objects.nextObject}, s.repeatChore(objects.openObject))
	}
	return all
}

// repeatChore makes a chore whose next turn is not recorded on the target.
func (s *Schedule) repeatChore(what func(context.Context) error) chore {
	due := time.Now().Add(s.lookAgain())
	return chore{&due, func(ctx context.Context) error {
		err := what(ctx)
		due = time.Now().Add(s.lookAgain())
		return err
	}}
}

// doAndRest does a piece of work and sets how long the target is left in peace afterwards: never for longer than half of the time in which
// the operator wants everything compared, or a few slow pieces would take the whole of it.
func (s *Schedule) doAndRest(ctx context.Context, what func(context.Context) error) error {
	began := time.Now()
	s.idled = 0
	err := what(ctx)
	s.rested = time.Now().Add(min(restFactor*(time.Since(began)-s.idled), s.passTime()/2))
	return err
}

// waitIdle waits in the middle of a block.
func (s *Schedule) waitIdle(ctx context.Context, d time.Duration) error {
	s.idled += d
	return link.Pause(ctx, d)
}

// lookAgain is the pause before something that differed, or could not be compared, is looked at again.
func (s *Schedule) lookAgain() time.Duration {
	return min(max(s.passTime()/1000, 100*time.Millisecond), lookAgain)
}

// nextBlock compares the block that the pass has come to.
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

// tableNumber returns the number of the table that the pass has come to, 0 if it is no longer listed.
func (s *Schedule) tableNumber() int {
	return max(0, slices.IndexFunc(s.List.Tables, func(t whitelist.Table) bool { return t.FullName() == s.at.name }))
}

// advancePass moves the pass behind a block. The next block is due once the block's share of the pass's time is over.
func (s *Schedule) advancePass(ctx context.Context, at place, v *verdict, last bool) error {
	s.at.rows += v.rows
	s.at.blocks++
	s.at.name, s.at.after = s.List.Tables[at.table].FullName(), key(v.block.UpTo)
	whole := float64(v.block.Total + int64(len(s.List.Tables))*tableCosts)
	share := min(1, float64(v.rows)/whole)
	if last {
		share += tableCosts / whole
		s.at.after = nil
		if err := s.book.forgetOlder(ctx, s.at.name); err != nil {
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
	return s.book.saveRecord(ctx)
}

// recordVerdict records the verdict on a block, and mends the block if the configuration says so.
func (s *Schedule) recordVerdict(ctx context.Context, at place, v *verdict) error {
	if s.OnBlock != nil {
		s.OnBlock(v.rows)
	}
	name := s.List.Tables[at.table].FullName()
	d := difference{What: "rows", Name: name, Low: at.after, High: key(v.block.UpTo), Rows: int64(len(v.wrong)), AtLeast: v.atLeast}
	switch {
	case v.unsure != "":
		d.What, d.Rows, d.Reason = "unread", 0, v.unsure
		return s.book.noteDifference(ctx, d)
	case len(v.wrong) == 0:
		return s.book.forgetSettled(ctx, false, name, at.after)
	}
	if err := s.book.noteDifference(ctx, d); err != nil || !s.mayMend(v, name) {
		return err
	}
	return s.mendInTime(ctx, at, v)
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

// openBlock compares once more the block that differed, or could not be compared, and was not looked at for longest.
func (s *Schedule) openBlock(ctx context.Context) error {
	d, ok, err := s.book.oldestDifference(ctx, "rows", "unread")
	if err != nil || !ok {
		return err
	}
	n := slices.IndexFunc(s.List.Tables, func(t whitelist.Table) bool { return t.FullName() == d.Name })
	if n < 0 {
		return s.book.forgetSettled(ctx, false, d.Name, d.Low)
	}
	at := place{table: n, after: d.Low, upTo: d.High}
	v, err := s.compareBlock(ctx, at)
	if err != nil {
		return err
	}
	if v.unsure == "" && key(v.block.After).id() != d.Low.id() && v.block.Order != "" { // its key is none any more
		return s.book.forgetSettled(ctx, false, d.Name, d.Low)
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
