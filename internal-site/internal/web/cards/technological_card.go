package cards

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

func (h handlers) technologicalCards() pages[contract.TechCard] {
	return pages[contract.TechCard]{handlers: h, kind: "tech-cards", versions: h.TechCards, own: technologicalCard{h}}
}

// technologicalCard is the subject of the pages of technological cards.
type technologicalCard struct{ handlers }

// attach refuses: the form of a technological card has no field for files.
func (technologicalCard) attach(*gin.Context, catalogue.Service, *contract.TechCard, web.Upload, []byte) error {
	return fault.New(fault.Invalid, "")
}

// bodies are the names of the authorities that work at stages.
type bodies struct {
	names map[uuid.UUID]locale.Text
	order [][]string // what the card says of the order of each stage
}

// Order is what the card says of the order of the stage i.
func (b bodies) Order(i int) []string { return b.order[i] }

// Who names the body that works at a stage; empty for the centre itself.
func (b bodies) Who(id *uuid.UUID) locale.Text {
	if id == nil {
		return locale.Text{}
	}
	return b.names[*id]
}

func (h technologicalCard) shows(c *gin.Context, card contract.TechCard) (any, error) {
	return h.bodies(c, card)
}

func (h technologicalCard) bodies(c *gin.Context, card contract.TechCard) (bodies, error) {
	b := bodies{names: map[uuid.UUID]locale.Text{}}
	for i := range card.Stages {
		b.order = append(b.order, orderLines(h.site.Printer(c), card, i))
	}
	names, err := h.Orgs.Names(c.Request.Context(), org.Authority)
	for _, n := range names {
		b.names[n.ID] = n.Name
	}
	return b, err
}

// techChoices is what the form of a technological card offers to choose from.
type techChoices struct {
	Actions     []ui.SelectItem
	Units       []ui.SelectItem
	Authorities []ui.SelectItem
	Conditions  []ui.SelectItem
}

func (h technologicalCard) choices(c *gin.Context, s catalogue.Service, card contract.TechCard) (any, error) {
	p := h.site.Printer(c)
	answers, err := h.Services.Choices(c.Request.Context(), s.ID)
	if err != nil {
		return nil, err
	}
	authorities, err := h.Orgs.Names(c.Request.Context(), org.Authority)
	return techChoices{
		Actions:     request.Words(p, "", "stage.action.", catalogue.StageActions...),
		Units:       unitItems(p),
		Conditions:  conditionChoices(p, card, answers),
		Authorities: request.Options(p, p.T("cards.the_centre"), authorities, func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name }),
	}, err
}

func (h technologicalCard) sections(c *gin.Context) (func(contract.TechCard) []catalogue.Section, error) {
	p := h.site.Printer(c)
	b, err := h.bodies(c, contract.TechCard{})
	return func(card contract.TechCard) []catalogue.Section {
		stages := catalogue.Section{Name: "stages"}
		for i, s := range card.Stages {
			who := p.T("cards.the_centre")
			if s.AuthorityID != nil {
				who = p.Value(b.Who(s.AuthorityID))
			}
			stages.Lines = append(stages.Lines, joined(strconv.Itoa(i+1)+". "+s.Name.UK, s.Name.EN, who, s.Official.UK, s.Unit.UK,
				p.T("stage.action."+s.Action), daysOf(p, s.Span()), strings.Join(orderLines(p, card, i), "; ")))
		}
		return []catalogue.Section{{Name: "statutory_days", Lines: []string{daysOf(p, card.Statutory())}}, stages}
	}, err
}

// unitItems are the units of a term as a row offers them.
func unitItems(p *locale.Printer) []ui.SelectItem {
	return request.Words(p, p.T("cards.days_in.by_length"), "cards.days_in.", string(workdays.InWorking), string(workdays.InCalendar))
}

// daysOf says a term with the kind of its days.
func daysOf(p *locale.Printer, s workdays.Span) string {
	if s.Days <= 0 {
		return p.T("cards.days", max(s.Days, 0))
	}
	return p.T("cards.days_of."+string(s.Unit()), s.Days)
}

type techCardPrintPage struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.TechCard
	Shows   bodies
	Now     time.Time
}

// print lays the card out as it is signed and put into the file.
func (h handlers) print(c *gin.Context) error {
	p := h.technologicalCards()
	service, card, err := p.version(c)
	if err != nil {
		return err
	}
	shows, err := technologicalCard{h}.bodies(c, card.Content)
	if err != nil {
		return err
	}
	page := &techCardPrintPage{Service: service, Card: card, Shows: shows, Now: h.site.Now()}
	page.Back = &ui.Link{Href: p.base(card.Meta), Text: h.site.T(c, "cards.back")}
	return h.site.Render(c, http.StatusOK, "cards/tech_card_print", page)
}
