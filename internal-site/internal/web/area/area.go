// Package area says what an area of pages is: a value with its place in the navigation, its files, its part of the
// first page and its routes, each of which names the right it takes. The site is a list of such values.
//
// It knows no domain and no SQL; it may import gin, internal/access, web/request, web/session and shared.
package area

import (
	"context"
	"io/fs"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// Area is a set of pages that belong together. Name and Files are required.
type Area struct {
	// Name is the folder of the area; its templates are named "Name/page".
	Name string
	// Path stands before the paths of its routes; "" for an area at the root.
	Path string
	// Module is the module that the area belongs to, one of those in shared/contract. While it is switched off, the area
	// has no routes, no link and no tiles. "" is the name of what is always there.
	Module string
	// Nav is its place in the navigation; nil leaves it out.
	Nav *Nav
	// Files holds the area's templates and words.
	Files fs.FS
	// Words are the catalogues of the domains whose messages its pages show.
	Words []fs.FS
	// KeepsText says that what was typed into its forms is worth keeping when the session has ended meanwhile. The
	// browser then carries it through the sign-in page, so no form of such an area may hold a secret.
	KeepsText bool
	// Tiles counts what waits for the actor, for the first page.
	Tiles func(ctx context.Context, actor access.Actor) ([]Tile, error)
	// Nearest lists what the actor should look at first, for the first page; nil when there is nothing.
	Nearest func(ctx context.Context, actor access.Actor, p *locale.Printer) (*List, error)
	// Routes lists the pages. It only binds handlers to site and asks nothing of it, so that the map of routes can be
	// read without a site.
	Routes func(site *web.Site) []Route
}

// Nav is a link of the navigation, with the words "nav." and the area's name.
type Nav struct {
	Order int
	// Needs is the action that shows the link to those who may do it somewhere; "" shows it to everybody.
	Needs access.Action
	// Or are other actions that show the link as well.
	Or []access.Action
	// Count is how much there is that the person has not looked at, shown beside the link; nil counts nothing.
	Count func(ctx context.Context, actor access.Actor) (int, error)
	// Press is the key of the keyboard that opens it from any page; "" when there is none.
	Press string
	// Seldom says that nobody needs it at every visitor: where somebody has more links than a row holds, it stands in the menu at the end.
	Seldom bool
}

// Tile is one number on the first page, with the list behind it. A count of nought is not shown.
type Tile struct {
	Href   string
	Key    string // message with plural forms
	Count  int
	Urgent bool
}

// List is a short table on the first page.
type List struct {
	TitleKey string
	AllKey   string // message of the link to the whole list
	AllHref  string
	Columns  []string // keys of their headings
	Rows     [][]Cell // the first cell of a row is its heading
}

// Cell is one field of a List.
type Cell struct {
	Lead    string      // before the text
	Text    locale.Text // a text that is not translated is marked as Ukrainian
	Href    string
	Tag     string // a state shown after the text
	Colour  string // of the tag
	OneLine bool
}

// Plain is a text that is the same in every language: a number, a name.
func Plain(s string) locale.Text { return locale.Text{UK: s, EN: s} }
