package journals

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/web/session"
	"portal.example/internal-site/internal/work"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// Work takes what is asked for; work.Store does.
type Work interface {
	Ask(ctx context.Context, actor access.Actor, r work.Request) (id uuid.UUID, fresh bool, err error)
}

// order is what is asked for: a journal as it is narrowed, in one kind of file.
type order struct {
	Filter journals.Filter
	Kind   sheet.Kind
}

// told is what the list of work tells of an order. What was searched for may name a person, and is not told.
type told struct {
	Journal  journals.Journal
	From, To time.Time
	Narrowed bool // by more than days
	Kind     sheet.Kind
}

func (o order) told() told {
	f := o.Filter
	return told{f.Journal, f.From, f.To, f != journals.Filter{Journal: f.Journal, From: f.From, To: f.To}, o.Kind}
}

// Ordered is the work that makes a journal a file without its reader: what takes longer than a browser waits.
func Ordered(from Journals, words *locale.Catalogue) work.Kind {
	return work.Kind{Name: "journal", Needs: journals.View, Says: says, Run: func(ctx context.Context, t work.Task, out io.Writer, progress func(done, total int64)) (work.Named, error) {
		var o order
		if err := json.Unmarshal(t.Asked, &o); err != nil {
			return work.Named{}, err
		}
		total, err := from.Count(ctx, t.Actor, o.Filter)
		if err != nil {
			return work.Named{}, err
		}
		p := words.In(locale.Lang(t.Language))
		one := taken{from, t.Actor, p, o.Filter, o.Kind}
		return work.Named{FileName: p.T("journals.file."+string(o.Filter.Journal)) + "." + string(o.Kind), MediaType: o.Kind.MediaType()},
			one.write(ctx, out, func(rows int64) { progress(rows, total) })
	}}
}

// says puts in words which journal was asked for and of which days.
func says(p *locale.Printer, raw json.RawMessage) string {
	var t told
	if json.Unmarshal(raw, &t) != nil {
		return ""
	}
	words := []string{p.T("journals.name." + string(t.Journal))}
	if !t.From.IsZero() {
		words = append(words, p.T("journals.order_from", p.DateShort(t.From)))
	}
	if !t.To.IsZero() {
		words = append(words, p.T("journals.order_to", p.DateShort(t.To)))
	}
	if t.Narrowed {
		words = append(words, p.T("journals.order_narrowed"))
	}
	return strings.Join(append(words, strings.ToUpper(string(t.Kind))), ", ")
}

// order asks for the journal as it is narrowed.
func (h handlers) order(c *gin.Context) error {
	form, f, err := asked(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		return fault.InvalidFields(form.Errors()...)
	}
	o := order{f, kindOf(c)}
	_, fresh, err := h.Work.Ask(c.Request.Context(), session.Actor(c), work.Request{
		Kind: Ordered(h.Journals, nil), Asked: o, Told: o.told(), Language: string(h.site.Printer(c).Lang()),
	})
	switch {
	case fault.Is(err, fault.Conflict):
		h.site.FlashTrouble(c, fault.MessageKey(err))
	case err != nil:
		return err
	case fresh:
		h.site.Flash(c, "journals.ordered")
	default:
		h.site.Flash(c, "journals.ordered_already")
	}
	return web.Redirect(c, "/work")
}
