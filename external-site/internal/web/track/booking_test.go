package track_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/bookings"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/book"
	"portal.example/external-site/internal/web/sending"
	"portal.example/external-site/internal/web/track"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// whole hands over in memory what one page has made whole, judged as the inside judges it.
type whole struct {
	t      *testing.T
	handed []*contract.Booking
}

func (w *whole) SendWhole(_ context.Context, s submission.Submission, lang locale.Lang) error {
	if err := s.Ready(areatest.Monday()); err != nil {
		return err
	}
	code := s.(submission.Coded).Code()
	hash := code.Hash()
	number, err := contract.NewReceiptNumber(rand.Reader)
	must(w.t, err)
	r, err := s.Record(submission.Sending{MessageID: uuid.Must(uuid.NewV7()), ReceiptNumber: number, CodeHash: hexOf(hash[:]), Recipient: code.Recipient(), Language: lang, At: areatest.Monday().UTC()})
	must(w.t, err)
	raw, err := json.Marshal(r)
	must(w.t, err)
	opened, err := contract.Decode(contract.KindBooking, raw, areatest.Monday())
	must(w.t, err)
	w.handed = append(w.handed, opened.(*contract.Booking))
	return nil
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var out strings.Builder
	for _, c := range b {
		out.WriteByte(digits[c>>4])
		out.WriteByte(digits[c&15])
	}
	return out.String()
}

// times are those to which an appointment can be moved.
type times struct{ list []time.Time }

func (t *times) OfferOf(context.Context, uuid.UUID, uuid.UUID, []contract.Matter) (bookings.Offer, error) {
	return bookings.Offer{Times: t.list}, nil
}

// Whoever has an appointment sees when and where it is and what to bring, takes it into a calendar, moves it and gives it back until
// the stated time, and is told afterwards that it is too late.
func TestAppointment(t *testing.T) {
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	at := areatest.Monday().AddDate(0, 0, 1)
	b := &bookings.Booking{
		ID: uuid.New(), Number: "1234-5678", CentreID: uuid.New(), GroupID: uuid.New(), Name: locale.Text{UK: "Земля <i>"}, BeginsAt: at.UTC(), Minutes: 20,
		State: "booked", Stands: true, Cancel: 30, Documents: []locale.Text{{UK: "Паспорт <u>, оригінал"}},
	}
	f := &followed{code: code, status: tracking.Status{
		Kind: contract.KindBooking, ReceiptNumber: receipt, Number: b.Number, Reached: tracking.Registered, Centre: locale.Text{UK: "ЦНАП; Центр"}, Shown: b,
		CentreAt: &org.Centre{Body: org.Body{Name: locale.Text{UK: "ЦНАП; Центр"}, Contacts: org.Contacts{Address: locale.Text{UK: "вул. Лісова, 1"}}}, Directions: locale.Text{UK: "Вхід із двору"}},
	}}
	desk, sent, free := areatest.NewDesk(), &whole{t: t}, &times{list: []time.Time{at.Add(time.Hour).UTC()}}
	window := sending.NewWindow(desk, areatest.BaseURL, slog.New(slog.DiscardHandler))
	s := areatest.New(t, sending.Area(), book.Area(book.Deps{Freshness: f, Window: window}), track.Area(track.Deps{
		Tracking: f, Vault: f, Freshness: f, Bookings: free, Post: sent, Window: window, Switches: areatest.AllOn, Pages: map[string]string{contract.KindBooking: book.StatusPage},
	}))
	s.Post("/track", "number", receipt, "code", code.Reveal())
	page := s.Page("/track/status")
	areatest.Contains(t, page, "Записано", "1234-5678", "24 листопада 2026", "10:00", "Паспорт &lt;u&gt;", "Вхід із двору", "можна до: 24 листопада 2026", "вул. Лісова, 1", `href="/track/booking"`, `href="/track/booking.ics"`)

	areatest.Contains(t, page, `class="portal-qr"`, "QR-код із номером запису", "сканеру термінала")
	ics := strings.ReplaceAll(s.Get("/track/booking.ics").Body.String(), "\r\n ", "")
	areatest.Contains(t, ics, "DTSTART:20261124T080000Z\r\n", "DTEND:20261124T082000Z", `LOCATION:ЦНАП\; Центр\, вул. Лісова\, 1`, `Паспорт <u>\, оригінал`, "1234-5678")
	for _, line := range strings.Split(s.Get("/track/booking.ics").Body.String(), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d octets: %s", len(line), line)
		}
	}

	areatest.Contains(t, s.Page("/track/booking"), "24.11.2026", "11:00", "Скасувати запис")
	if w := s.Post("/track/booking", "act", "move"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Виберіть новий час") {
		t.Errorf("moved to no time: %d", w.Code)
	}
	if w := s.Post("/track/booking", "act", "move", "at", areatest.Monday().Add(-2*time.Hour).UTC().Format(time.RFC3339)); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Цього часу вже не пропонують") {
		t.Errorf("moved to a time that has gone: %d", w.Code)
	}
	areatest.Contains(t, s.Page("/track/booking?day=2026-11-29"), "На цей день вільного часу вже немає")
	s.Post("/track/booking", "act", "move", "at", free.list[0].Format(time.RFC3339))
	s.Post("/track/booking", "act", "cancel")
	areatest.Contains(t, s.Page("/track/status"), "Зміну надіслано")
	if len(sent.handed) != 2 || sent.handed[0].Act != contract.BookingMoves || !sent.handed[0].At.Equal(free.list[0]) || sent.handed[1].Act != contract.BookingGivesUp || *sent.handed[1].BookingID != b.ID {
		t.Errorf("handed over: %+v", sent.handed)
	}

	b.Said = "move_taken"
	areatest.Contains(t, s.Page("/track/status"), "Ваш попередній час лишився за вами")
	b.BeginsAt = areatest.Monday().Add(29 * time.Minute)
	areatest.Lacks(t, s.Page("/track/status"), `href="/track/booking"`)
	for _, w := range []string{s.Get("/track/booking").Header().Get("Location"), s.Post("/track/booking", "act", "cancel").Header().Get("Location")} {
		if w != "/track/status" {
			t.Errorf("changed too late: %q", w)
		}
	}
	if areatest.Contains(t, s.Page("/track/status"), "уже не можна"); len(sent.handed) != 2 {
		t.Error("a change that is too late was handed over")
	}
	b.Stands = false // until its time another one is a press away
	lost := s.Page("/track/status")
	moved := free.list[0].In(locale.Kyiv()).Format(time.RFC3339)
	areatest.Contains(t, lost, "Потрібен інший час", "не зможе прийняти вас", `value="`+strings.ReplaceAll(moved, "+", "&#43;")+`"`, `href="/track/booking"`)
	areatest.Lacks(t, lost, "Цей час ваш", "уже не можна")
	s.Post("/track/booking", "act", "move", "at", moved)
	if len(sent.handed) != 3 || !sent.handed[2].At.Equal(free.list[0]) {
		t.Errorf("handed over: %+v", sent.handed)
	}
	offered := free.list
	free.list = nil
	areatest.Contains(t, s.Page("/track/status"), "Вільного часу зараз немає")
	free.list = offered
	b.BeginsAt = areatest.Monday().Add(-time.Minute) // its time has come, and nobody is received
	lost = s.Page("/track/status")
	areatest.Contains(t, lost, "Потрібен інший час", "Центр не міг прийняти вас у цей час", `href="/book"`)
	areatest.Lacks(t, lost, "Цей час ваш", "portal-qr", `href="/track/booking"`, "найближчий до вашого", "виберіть інший час")
	b.BeginsAt = areatest.Monday()
	if w := s.Post("/track/booking", "act", "cancel"); w.Header().Get("Location") != "/track/status" || len(sent.handed) != 3 {
		t.Errorf("changed when its time has come: %d", w.Code)
	}
	b.Stands = true
	b.BeginsAt = areatest.Monday().AddDate(0, 0, -30)
	missed := s.Page("/track/status")
	areatest.Contains(t, missed, "Час минув", `href="/book"`)
	areatest.Lacks(t, missed, "Цей час ваш", "Ваш попередній час", "Паспорт", `href="/track/booking.ics"`)
	b.State = "arrived"
	areatest.Lacks(t, s.Page("/track/status"), "Ваш попередній час")
	b.State, b.Why, b.Said, f.status.Reached = "refused", "taken", "", tracking.Refused
	areatest.Contains(t, s.Page("/track/status"), "могла зайняти ваша перша заявка", `href="/book"`)
	f.status.Shown, f.status.Kind, f.status.Number = nil, contract.KindQuestion, "01-2026-000001"
	if w := s.Get("/track/booking"); w.Header().Get("Location") != "/track/status" {
		t.Errorf("something else is changed as an appointment: %d", w.Code)
	}
}
