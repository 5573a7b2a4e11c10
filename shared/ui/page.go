package ui

import (
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Page is what a layout shows around a page's own content. Page data embeds it; web.Render fills in
// what is the same for every page (Lang, Languages, Site, User, Nav, Freshness, Flash, RequestID).
type Page struct {
	Lang       locale.Lang
	Languages  []LanguageLink
	Alternates []Alternate // the page's addresses in each language, for search engines; none: Languages say them
	Resend     *Resend     // what the links of languages have to carry; nil: nothing
	// ShowsForms says that every form of the site can be sent to be seen in another language, which the script does with
	// what is typed.
	ShowsForms bool
	Site       Site
	User       *User
	Nav        []NavItem
	Freshness  *Freshness
	Flash      *Flash
	// Finds are the places of the site where a word can be looked for, for the window that Ctrl K opens.
	Finds     []Find
	RequestID string

	Back        *Link              // back link above the content
	Breadcrumbs []Link             // instead of Back; the last without Href is the page itself
	Errors      []fault.FieldError // error summary at the top of the content
	Wide        bool               // the whole width of the screen, for lists and tables of staff
	TextSize    int                // of the usual one in per cent, as the reader asked for; 0 is the usual one
	Density     string             // how close together things stand, e.g. "compact"; "" is as usual
	KeysOff     bool               // letters and digits alone press nothing
	NoIndex     bool               // keep search engines away
	Slots       bool               // leave a Slot where Freshness and the printed line belong, for a page that is sent more than once
	Address     string             // where the page can be found, for paper; may be empty
}

// Base returns the page itself; every struct that embeds Page is a page through it.
func (p *Page) Base() *Page { return p }

// Site is what a site says of itself on every page. Names are keys of the catalogue.
type Site struct {
	NameKey    string // "site.name"
	TaglineKey string // a line under the name, may be empty
	HomeURL    string // "/" when empty
	FooterKey  string // message with markup under the footer links, may be empty
	Footer     []NavItem
	Region     *Region // which region this is; nil before somebody has said so
}

// Region is the region that an installation serves and whoever owns the portal, shown on every page.
type Region struct {
	Name      locale.Text
	Owner     locale.Text
	HelpPhone string
	Notice    locale.Text // e.g. that the region is fictional
	ArmsURL   string      // a picture beside the name; may be empty
	ArmsAlt   locale.Text
}

// Find is a place where a word can be looked for: Href ends where the word belongs.
type Find struct{ Key, Href string }

// NavItem is one link of the service navigation or the footer.
type NavItem struct {
	Href    string
	Key     string // catalogue key of its text
	Current bool   // this very page
	Active  bool   // the page is somewhere under it
	Press   string // key of the keyboard that opens it; "" when there is none
	Count   int    // shown beside the text when not zero
	InMenu  bool   // not in the row but in the menu at its end
}

// NavRow is the links that stand in the row of the service navigation.
func (p Page) NavRow() []NavItem { return p.navIn(false) }

// NavMenu is the links that stand in the menu at the end of the row.
func (p Page) NavMenu() []NavItem { return p.navIn(true) }

func (p Page) navIn(menu bool) []NavItem {
	var items []NavItem
	for _, item := range p.Nav {
		if item.InMenu == menu {
			items = append(items, item)
		}
	}
	return items
}

// NavMenuItem is the link of the menu that leads to this page or to one above it; nil when that is not in the menu.
func (p Page) NavMenuItem() *NavItem {
	for _, item := range p.NavMenu() {
		if item.Current || item.Active {
			return &item
		}
	}
	return nil
}

// User is whoever is signed in.
type User struct {
	Name       string
	Role       string // in words
	SignOutURL string // POST
	ProfileURL string // may be empty
}

// LanguageLink leads to the same page in another language.
type LanguageLink struct {
	Lang    locale.Lang
	Name    string // in that language
	Href    string
	Current bool
}

// Alternate is the absolute address of a page in a language, or "x-default".
type Alternate struct{ Lang, Href string }

// Resend is a form that the reader has sent and that has not been done. Switching the language sends it again, to be seen
// and no more.
type Resend struct {
	Action string
	Parts  bool // as multipart/form-data
	Fields []Hidden
}

// Freshness says how old what the page shows may be.
type Freshness struct {
	HeardAt time.Time // when the inside was last heard of; zero means never
	Now     time.Time
	Stale   bool   // the link to the inside is down
	Unasked bool   // nobody can say at the moment; HeardAt means nothing
	Href    string // page that says more; may be empty
}

// Flash is a message about what the reader has just done, shown once.
type Flash struct {
	Key  string
	Args []any
	Kind string // "success" or ""
}
