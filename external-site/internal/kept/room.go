package kept

import (
	"container/list"
	"sync"
)

// room holds pages in so many bytes; those that nobody has asked for longest leave first. Addresses with a query are as many
// as somebody likes to make up, and so are communities, so they have a quarter of the room to themselves and cannot drive the others out.
type room struct{ plain, queried *shelf }

func newRoom(bytes int64) *room { return &room{newShelf(bytes - bytes/4), newShelf(bytes / 4)} }

func (r *room) shelf(at Address) *shelf {
	if at.Query != "" || at.Community != "" {
		return r.queried
	}
	return r.plain
}

func (r *room) get(at Address) *Page { return r.shelf(at).get(at) }

func (r *room) put(at Address, p *Page) { r.shelf(at).put(at, p) }

func (r *room) size() (pages int, bytes int64) {
	for _, s := range []*shelf{r.plain, r.queried} {
		s.mu.Lock()
		pages, bytes = pages+s.order.Len(), bytes+s.taken
		s.mu.Unlock()
	}
	return pages, bytes
}

// shelf is a part of a room.
type shelf struct {
	mu           sync.Mutex
	limit, taken int64
	order        *list.List // of placed, the one asked for last in front
	pages        map[Address]*list.Element
}

type placed struct {
	at   Address
	page *Page
}

func newShelf(limit int64) *shelf {
	return &shelf{limit: limit, order: list.New(), pages: map[Address]*list.Element{}}
}

func (s *shelf) get(at Address) *Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.pages[at]
	if e == nil {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(placed).page
}

func (s *shelf) put(at Address, p *Page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.pages[at]; e != nil {
		s.remove(e)
	}
	if p.size() > s.limit/8 {
		return // one page must not drive all others out
	}
	s.pages[at] = s.order.PushFront(placed{at, p})
	for s.taken += p.size(); s.taken > s.limit; {
		s.remove(s.order.Back())
	}
}

func (s *shelf) remove(e *list.Element) {
	gone := s.order.Remove(e).(placed)
	delete(s.pages, gone.at)
	s.taken -= gone.page.size()
}
