package notices_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// visit is an appointment at a place, on the day after tomorrow at noon; the worker's clock is at noon of tomorrow.
type visit struct {
	*place
	id uuid.UUID
	at time.Time
}

func newVisit(t *testing.T, email string) *visit {
	t.Helper()
	p := newPlace(t)
	d := workdays.DateOf(time.Now())
	noon := time.Date(d.Year(), d.Month(), d.Day()+1, 12, 0, 0, 0, locale.Kyiv())
	v := &visit{place: p, id: uuid.New(), at: noon.AddDate(0, 0, 1)}
	v.clock = time.Until(noon)
	group, window := uuid.New(), uuid.New()
	p.DB.Exec(`insert into reception.halls (centre_id) values ($1)`, p.Centre)
	p.DB.Exec(`insert into reception.groups (id, centre_id, letter, name, minutes) values ($1, $2, 'А', 'Довідки', 20)`, group, p.Centre)
	p.DB.Exec(`insert into reception.windows (id, centre_id, number, groups) values ($1, $2, 1, array[$3::uuid])`, window, p.Centre, group)
	p.DB.Exec(`insert into reception.bookings (id, number, receipt_number, centre_id, window_id, group_id, begins_at, minutes, ends_at, name, email, language, made_at, tracked, message_id, code_hash)
		values ($1, '1234-5678', 'R-0000-0000-0195', $2, $3, $4, $5, 20, $5::timestamptz + interval '20 minutes', 'Ганна Ґалаґан', $6, 'uk', now(), true, gen_random_uuid(), '\\x00')`,
		v.id, p.Centre, window, group, v.at, email)
	return v
}

// put changes whether the appointment stands and puts what is told of it into the outbox, as the site does.
func (v *visit) put(kind string) {
	v.t.Helper()
	v.DB.Exec(`update reception.bookings set stands = $2 where id = $1`, v.id, kind == outbox.BookingStands)
	must(v.t, pg.InTx(v.t.Context(), v.DB.PoolAs("internal_site"), func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		outbox.QueueBooking(b, outbox.Appointment{BookingID: v.id, Kind: kind, BeginsAt: v.at, At: v.now(), Held: v.now()})
		return tx.SendBatch(v.t.Context(), b).Close()
	}))
	v.clock += time.Second
}

func (v *visit) told() (subjects []string) {
	for _, l := range v.mail.Letters() {
		subjects = append(subjects, l.Subject)
	}
	return subjects
}

// Whoever has an appointment learns each time it is lost and stands again, once, and not what became false before the letter left.
func TestWhoeverHasAnAppointmentIsTold(t *testing.T) {
	v := newVisit(t, "anna@example.org")
	v.put(outbox.BookingLost)
	v.drain(v.worker(nil))
	l := v.mail.Letters()
	if len(l) != 1 || l[0].To != "anna@example.org" || strings.Contains(l[0].Text, "Ґалаґан") || !strings.Contains(l[0].Text, "/track?number=R-0000-0000-0195") || !strings.Contains(l[0].Text, "1234-5678") {
		t.Fatalf("%+v", l)
	}
	for _, step := range []struct {
		kinds []string
		want  string
	}{
		{[]string{outbox.BookingStands, outbox.BookingLost}, ""}, // was over before it was told
		{[]string{outbox.BookingStands}, "знову дійсний"},
		{[]string{outbox.BookingStands}, ""},
		{[]string{outbox.BookingLost, outbox.BookingStands}, ""},
		{[]string{outbox.BookingLost}, "не вийде"},
	} {
		before := len(v.told())
		for _, kind := range step.kinds {
			v.put(kind)
		}
		v.drain(v.worker(nil))
		switch got := v.told()[before:]; {
		case step.want == "" && len(got) > 0, step.want != "" && (len(got) != 1 || !strings.Contains(got[0], step.want)):
			t.Errorf("%v: %v are sent", step.kinds, got)
		}
	}
	v.put(outbox.BookingStands)
	v.DB.Exec(`update reception.bookings set begins_at = begins_at + interval '1 day', ends_at = ends_at + interval '1 day'`)
	before := len(v.told())
	if v.drain(v.worker(nil)); len(v.told()) != before {
		t.Error("an appointment that was moved is told of")
	}
	v.clock += 49 * time.Hour
	must(t, v.worker(nil).Tend(t.Context()))
	var kept int
	must(t, v.DB.Pool.QueryRow(t.Context(), `select count(*) from notices.outbox where person is not null`).Scan(&kept))
	if kept != 0 {
		t.Errorf("to whom %d letters went is still known", kept)
	}
}

// A reminder says when, where and what to bring, once; of an appointment that was given back, moved or lost meanwhile nothing is said, and nobody is
// reminded at night or when they should be on their way.
func TestReminderOfAnAppointment(t *testing.T) {
	v := newVisit(t, "anna@example.org")
	v.DB.Exec(`update org.centres set directions = 'Вхід із двору' where id = $1`, v.Centre)
	remind := func() {
		v.put(outbox.BookingNear)
		v.DB.Exec(`update reception.bookings set stands = true`)
	}
	remind()
	v.drain(v.worker(nil))
	remind() // once more of the same time
	v.drain(v.worker(nil))
	l := v.mail.Letters()
	if len(l) != 1 {
		t.Fatalf("%d letters", len(l))
	}
	for _, part := range []string{"вул. Соборна, 1", "Вхід із двору", "1234-5678", "/track?number=R-0000-0000-0195", "документ, що посвідчує особу"} {
		if !strings.Contains(l[0].Text, part) {
			t.Errorf("the reminder lacks %q:\n%s", part, l[0].Text)
		}
	}
	for _, change := range []string{`state = 'cancelled', ended_at = now()`, `stands = false`, `begins_at = begins_at + interval '1 hour', ends_at = ends_at + interval '1 hour'`} {
		v.DB.Exec(`delete from notices.outbox`)
		remind()
		v.DB.Exec(`update reception.bookings set ` + change)
		if v.drain(v.worker(nil)); len(v.mail.Letters()) != 1 {
			t.Errorf("%s: a reminder was sent", change)
		}
		v.DB.Exec(`update reception.bookings set state = 'booked', ended_at = null, begins_at = $1, ends_at = $1::timestamptz + interval '20 minutes'`, v.at)
	}
	v.DB.Exec(`delete from notices.outbox`)
	land := uuid.New()
	v.DB.Exec(`insert into reception.groups (id, centre_id, letter, name, minutes) values ($1, $2, 'Б', 'Земля', 20)`, land, v.Centre)
	v.DB.Exec(`update reception.bookings set service_id = $1, further_groups = array[$2::uuid, group_id], further_services = array[$1::uuid, null]`, v.Service, land)
	remind()
	v.drain(v.worker(nil))
	l = v.mail.Letters()
	if len(l) != 2 || !strings.Contains(l[1].Text, "Візьміть із собою:") || strings.Count(l[1].Text, "\n– Паспорт") != 1 || !strings.Contains(l[1].Text, "Довідки; Земля; Довідки") {
		t.Errorf("what the card asks for is not said: %+v", l)
	}

	has := map[notices.ChannelName]bool{notices.Email: true}
	a := notices.Appointment{Booked: true, Stands: true, Begins: v.at, On: true, Contact: notices.Contact{Email: "anna@example.org"}}
	n := notices.Notice{Kind: notices.BookingNear, BookingID: v.id, About: &v.at}
	if j := notices.JudgeAppointment(n, a, has, v.at.Add(-15*time.Hour)); j.State != notices.Waiting || !j.Until.Equal(v.at.Add(-4*time.Hour)) {
		t.Errorf("at night: %+v", j)
	}
	if j := notices.JudgeAppointment(n, a, has, v.at.Add(-59*time.Minute)); j.State != notices.Dropped || j.Reason != notices.ReasonLate {
		t.Errorf("too late: %+v", j)
	}
}

// Staff see whom no letter reached, say once that they told them, and only those of their centre.
func TestStaffTellWhomNoLetterReached(t *testing.T) {
	v := newVisit(t, "")
	desk := notices.NewDesk(v.DB.PoolAs("internal_site")).At(v.now)
	head, stranger := v.Users[access.CentreHead], v.OtherUsers[access.CentreHead]
	if err := desk.ToldOfAppointment(t.Context(), head, v.Centre, v.id); !fault.Is(err, fault.NotFound) {
		t.Errorf("there was nothing to tell: %v", err)
	}
	v.put(outbox.BookingLost)
	v.drain(v.worker(nil))
	list, err := desk.OfAppointments(t.Context(), head, v.Centre)
	must(t, err)
	if n := list[v.id]; n.State != notices.Failed || n.Reason != notices.ReasonNoContact || !n.Undelivered() {
		t.Errorf("%+v", n)
	}
	if list, err := desk.OfAppointments(t.Context(), stranger, v.Centre); err != nil || len(list) != 0 {
		t.Errorf("somebody else sees %v, %v", list, err)
	}
	if err := desk.ToldOfAppointment(t.Context(), stranger, v.Centre, v.id); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody else: %v", err)
	}
	if err := desk.ToldOfAppointment(t.Context(), stranger, v.OtherCentre, v.id); !fault.Is(err, fault.NotFound) {
		t.Errorf("as one of another centre: %v", err)
	}
	must(t, desk.ToldOfAppointment(t.Context(), head, v.Centre, v.id))
	if err := desk.ToldOfAppointment(t.Context(), head, v.Centre, v.id); !fault.Is(err, fault.Conflict) {
		t.Errorf("told twice: %v", err)
	}
	v.put(outbox.BookingStands) // they were told by telephone, so they have to learn this too
	v.drain(v.worker(nil))
	list, err = desk.OfAppointments(t.Context(), head, v.Centre)
	must(t, err)
	if n := list[v.id]; n.Kind != notices.BookingStands || !n.Undelivered() {
		t.Errorf("%+v", n)
	}
	_, total, err := desk.Undelivered(t.Context(), head, 1)
	must(t, err)
	length, err := notices.Measure(t.Context(), v.DB.PoolAs("notices"), v.now())
	must(t, err)
	if total != 0 || length.Undelivered != 0 {
		t.Errorf("the list of cases has %d, and %d are counted", total, length.Undelivered)
	}
}

// Nobody is woken for what can wait, and everybody learns in time what cannot.
func TestAppointmentsAtNight(t *testing.T) {
	d := workdays.DateOf(time.Now())
	clock := func(day, hour int) time.Time {
		return time.Date(d.Year(), d.Month(), d.Day()+day, hour, 0, 0, 0, locale.Kyiv())
	}
	has := map[notices.ChannelName]bool{notices.Email: true, notices.SMS: true}
	for _, c := range []struct{ begins, now, until time.Time }{
		{clock(1, 12), clock(0, 23), clock(1, 8)},
		{clock(1, 12), clock(1, 3), clock(1, 8)},
		{clock(1, 12), clock(1, 8), time.Time{}},
		{clock(1, 9), clock(0, 23), time.Time{}}, // an hour would be too late to tell
	} {
		n := notices.Notice{Kind: notices.BookingLost, BookingID: uuid.New(), About: &c.begins, At: c.now}
		a := notices.Appointment{Booked: true, Begins: c.begins, On: true, Contact: notices.Contact{Email: "anna@example.org"}}
		if j := notices.JudgeAppointment(n, a, has, c.now); j.State != notices.Waiting || !j.Until.Equal(c.until) {
			t.Errorf("%s of %s: %+v", c.now, c.begins, j)
		}
	}
}

// Every notice of an appointment, in both languages and both channels, has its time, number, centre and a link or a telephone, fits, and names nobody.
func TestNoticesOfAppointments(t *testing.T) {
	at := time.Date(2026, 12, 1, 10, 0, 0, 0, locale.Kyiv())
	for _, lang := range []locale.Lang{locale.UK, locale.EN} {
		for _, kind := range notices.AppointmentKinds {
			for _, tracked := range []bool{true, false} {
				a := notices.Appointment{
					Number: "1234-5678", Receipt: "R-0000-0000-0195", Tracked: tracked, Booked: true, Begins: at, Group: locale.Text{UK: "Земля", EN: "Land"},
					Centre:  locale.Text{UK: strings.Repeat("Центр надання адміністративних послуг ", 5) + "громади", EN: "Vyshneve centre"},
					Address: locale.Text{UK: "вул. Соборна, 1"}, Phones: []string{"+380 44 000 00 01"}, Contact: notices.Contact{Language: lang},
				}
				n := notices.Notice{EventID: uuid.New(), Kind: kind, About: &at}
				letter, short := writer.WriteAppointment(n, a, notices.Email, "x"), writer.WriteAppointment(n, a, notices.SMS, "x")
				where, when := "+380 44 000 00 01", writer.Words.In(lang).DateTimeShort(at)
				if tracked {
					where = "https://posluhy.example.gov.ua/track?number=R-0000-0000-0195"
				}
				for _, part := range []string{when, "1234-5678", where, "вул. Соборна, 1"} {
					if !strings.Contains(letter.Text, part) {
						t.Errorf("%s letter of %s lacks %q:\n%s", lang, kind, part, letter.Text)
					}
				}
				if !strings.Contains(letter.Subject, when) || !strings.Contains(short.Text, when) || !strings.Contains(short.Text, "1234-5678") || !strings.HasSuffix(short.Text, where) || len([]rune(short.Text)) > 201 {
					t.Errorf("%s %s: %q, %q", lang, kind, letter.Subject, short.Text)
				}
				if all := letter.Subject + letter.Text + short.Text; strings.Contains(all, "notices.") || strings.Contains(all, "{") {
					t.Errorf("%s %s: %s", lang, kind, all)
				}
			}
		}
	}
}
